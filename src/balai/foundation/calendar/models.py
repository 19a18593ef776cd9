"""Days off and opening hours, as dated rows with their source."""

from django.db import models


class Holiday(models.Model):
    """One day on which nobody works. ``decree`` names the decision it rests on; provisional until one exists.

    ``applies`` is False where the city decided to work on a national day off: the row stays, so that loading the
    national list again does not bring the day back. A row with ``edited_at`` is the staff's: loading leaves it alone.
    """

    class Kind(models.TextChoices):
        NATIONAL = "national"
        COLLECTIVE_LEAVE = "collective_leave"  # cuti bersama
        CITY = "city"

    date = models.DateField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    decree = models.CharField(max_length=200, blank=True)
    provisional = models.BooleanField(default=False)
    applies = models.BooleanField(default=True, db_default=True)
    source = models.CharField(max_length=200, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Schedule(models.Model):
    """Opening hours of a week. ``week``: seven lists, Monday first, of [from, to) pairs in minutes after midnight."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    week = models.JSONField()
    is_default = models.BooleanField(default=False)
    # a control room or a hospital works on days off too
    works_on_holidays = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="calendar_one_default_schedule"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One row: the city's time zone, and a number that moves with every edit of days or hours.

    Processes keep calendars by that number.
    """

    only = models.BooleanField(default=True, unique=True, editable=False)
    version = models.PositiveBigIntegerField(default=1)
    time_zone = models.CharField(max_length=40, default="Asia/Jakarta")

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(only=True), name="calendar_one_version"),)

    def __str__(self) -> str:
        return str(self.version)


class CalendarEdit(models.Model):
    """Who changed which day or schedule, from what to what; only ever added to.

    ``editor_id`` and ``editor_name`` are the user's number and name at the time (0: a command on the server): people
    live in a room above this one. ``subject`` is ``day:<date>``, ``schedule:<slug>``, ``schedules`` or
    ``national:<years>``.
    """

    at = models.DateTimeField()
    editor_id = models.PositiveBigIntegerField(default=0)
    editor_name = models.CharField(max_length=150, blank=True)
    subject = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at} {self.subject}"
