"""Halls, counters, and the people who wait."""

import secrets

from django.db import models
from django.db.models import F, Q


def new_key() -> str:
    """Return the key of a device in a hall; its address is all that opens the kiosk."""
    return secrets.token_urlsafe(18)


class Hall(models.Model):
    """A building of an agency where people are served at counters."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    schedule = models.ForeignKey("calendar.Schedule", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # minutes of a slot, days ahead that can be booked, per cent of a slot kept for people without an appointment
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    days_ahead = models.PositiveSmallIntegerField(default=14)
    walk_in_share = models.PositiveSmallIntegerField(default=50)
    # one call in so many goes to people who cannot stand and wait
    priority_every = models.PositiveSmallIntegerField(default=3)
    calls_before_no_show = models.PositiveSmallIntegerField(default=3)
    # how long after that somebody may come back to the front
    return_minutes = models.PositiveSmallIntegerField(default=30)
    # opens the kiosk page; changed, it closes every kiosk that has the old one
    kiosk_key = models.CharField(max_length=40, default=new_key)
    active = models.BooleanField(default=True)
    # calls since the last one of a priority ticket, today's
    calls_since_priority = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    # keyed hash of the key of the computer in the building that keeps this hall; empty: this server keeps it
    keeper_hash = models.CharField(max_length=64, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(slot_minutes__gte=5), name="queue_slot_minutes"),
            models.CheckConstraint(condition=Q(priority_every__gte=2), name="queue_nobody_starves"),
            models.CheckConstraint(condition=Q(walk_in_share__lte=100), name="queue_walk_in_share"),
        )

    def __str__(self) -> str:
        return self.slug


class Errand(models.Model):
    """What people may come for to a hall: a record of the catalogue, its letter, and how long serving it takes."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="errands")
    record = models.ForeignKey("catalogs.Record", on_delete=models.PROTECT, related_name="+")
    # begins the numbers of its tickets
    letter = models.CharField(max_length=1)
    # what the people of the hall say before anybody was served
    usual_minutes = models.PositiveSmallIntegerField(default=10)
    # rules.estimate.ServingTime, learnt from the work; seconds
    mean = models.FloatField(null=True)
    variance = models.FloatField(null=True)
    served = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("letter", "pk")
        constraints = (
            models.UniqueConstraint(fields=["hall", "record"], name="queue_errand_once"),
            models.CheckConstraint(condition=Q(usual_minutes__gte=1), name="queue_errand_takes_time"),
        )

    def __str__(self) -> str:
        return f"{self.letter} {self.record_id}"


class Counter(models.Model):
    """A counter (loket): its number, what it serves, and who sits there now (null: closed)."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="counters")
    number = models.PositiveSmallIntegerField()
    errands = models.ManyToManyField(Errand, related_name="counters")
    officer = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sat_at = models.DateTimeField(null=True, blank=True)
    # a pause takes nobody new; whoever is there is served to the end
    paused = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["hall", "number"], name="queue_counter_number"),
            models.UniqueConstraint(fields=["officer"], name="queue_sits_once"),
        )

    def __str__(self) -> str:
        return f"{self.hall_id}/{self.number}"


class SlotCount(models.Model):
    """How many appointments a slot holds; one row a slot, counted up by one statement."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    taken = models.PositiveSmallIntegerField(default=0)
    capacity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["hall", "at"], name="queue_slot_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="queue_slot_not_overbooked"),
        )

    def __str__(self) -> str:
        return f"{self.hall_id} {self.at}"


class NumberSeries(models.Model):
    """The last number of a letter on a day."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    letter = models.CharField(max_length=1)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["hall", "day", "letter"], name="queue_series_once"),)

    def __str__(self) -> str:
        return f"{self.day} {self.letter} {self.value}"


class Ticket(models.Model):
    """One visit of one person: booked or walked in, for one errand or several, one after the other.

    No name is asked. ``token_hash`` opens the person's own page.
    """

    class State(models.TextChoices):
        BOOKED = "booked"
        WAITING = "waiting"
        CALLED = "called"
        SERVING = "serving"
        DONE = "done"
        NO_SHOW = "no_show"
        CANCELLED = "cancelled"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    token_hash = models.CharField(max_length=64, unique=True)
    # null until the person is in the hall
    number = models.PositiveIntegerField(null=True)
    letter = models.CharField(max_length=1)
    errand = models.ForeignKey(Errand, on_delete=models.PROTECT, related_name="+")
    # errands (pk) that come after this one, in order
    rest = models.JSONField(default=list)
    slot = models.DateTimeField(null=True)
    priority = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, null=True, related_name="+")
    # since when in this line; moves with every errand of the visit
    since = models.DateTimeField(null=True)
    is_back = models.BooleanField(default=False)
    calls = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    serving_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # what was said when the number was drawn, and how long it really was until the first call; seconds
    said_middle = models.FloatField(null=True)
    said_low = models.FloatField(null=True)
    said_high = models.FloatField(null=True)
    waited = models.FloatField(null=True)
    # only where the person asked to be told; let go a week later
    resident = models.ForeignKey("identity.Resident", on_delete=models.SET_NULL, null=True, related_name="+")
    locale = models.CharField(max_length=5, default="id")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["hall", "day", "letter", "number"], name="queue_number_once"),
            models.UniqueConstraint(
                fields=["counter"], condition=Q(state__in=("called", "serving")), name="queue_counter_serves_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("booked", "cancelled")) | Q(number__isnull=False, since__isnull=False),
                name="queue_in_the_hall_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("called", "serving")) | Q(counter__isnull=False), name="queue_called_somewhere"
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(slot__isnull=False), name="queue_booked_for_a_time"
            ),
        )
        indexes = (
            models.Index(
                fields=["hall", "day"],
                condition=Q(state__in=("waiting", "called", "serving")),
                name="queue_in_the_hall",
            ),
            models.Index(fields=["hall", "slot"], condition=Q(state="booked"), name="queue_booked"),
            models.Index(fields=["hall", "day", "called_at"], name="queue_calls"),
        )

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day} {self.letter}{self.number}"


class Sent(models.Model):
    """In a building: what the city's server has of a ticket, as a hash. ``settled``: it will not change any more."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="sent")
    digest = models.CharField(max_length=64)
    settled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class Serving(models.Model):
    """One errand of one visit at one counter: what waiting estimates and the day's figures are made from."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="servings")
    errand = models.ForeignKey(Errand, on_delete=models.PROTECT, related_name="+")
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="queue_serving_in_order"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.errand_id}"


class HallDay(models.Model):
    """How a day was: sums that the public page reads. Written when the day is over."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tickets = models.PositiveIntegerField()
    served = models.PositiveIntegerField()
    no_shows = models.PositiveIntegerField()
    # seconds
    median_wait = models.FloatField(null=True)
    longest_wait = models.FloatField(null=True)
    # rules.estimate.Accuracy
    judged = models.PositiveIntegerField(default=0)
    median_error = models.FloatField(null=True)
    median_share = models.FloatField(null=True)
    within = models.FloatField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["hall", "day"], name="queue_day_once"),)

    def __str__(self) -> str:
        return f"{self.hall_id} {self.day}"
