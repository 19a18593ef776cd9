"""Days off and opening hours, as dated rows with their source."""

from django.db import models


class Holiday(models.Model):
    """One day on which nobody works. ``decree`` names the decision it rests on; provisional until one exists."""

    class Kind(models.TextChoices):
        NATIONAL = "national"
        COLLECTIVE_LEAVE = "collective_leave"  # cuti bersama
        CITY = "city"

    date = models.DateField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    decree = models.CharField(max_length=200, blank=True)
    provisional = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)

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

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="calendar_one_default_schedule"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """A single counter that moves with every edit of days or hours; processes keep calendars by it."""

    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.version)
