"""Who is told of what, and what is handed over to whom."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from balai.foundation.identity.fields import EncryptedTextField


class WithSecret(models.Model):
    """Another program with which we share a secret. The one before counts on until ``old_until``."""

    secret = EncryptedTextField()
    old_secret = EncryptedTextField(blank=True, default="")
    old_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def secrets_at(self, at: datetime) -> list[str]:
        """Return the secrets that count at a moment, the newest first."""
        old = [self.old_secret] if self.old_secret and self.old_until is not None and at < self.old_until else []
        return [self.secret, *old]


class Webhook(WithSecret):
    """A program that is told when something happens: its address, what it wants to hear, the secret that proves us."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=300)
    topics = models.JSONField(default=list)
    # the key whose program it is; null: the city's own, made by staff
    key = models.ForeignKey("api.ApiKey", on_delete=models.CASCADE, null=True, related_name="+")
    made_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    active = models.BooleanField(default=True)
    # since when nothing arrives; null: all is well
    failing_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one program. ``body`` holds no personal data."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        GIVEN_UP = "given_up"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    # the record's event; null for a test
    event_id = models.BigIntegerField(null=True)
    topic = models.CharField(max_length=60)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    # also the claim of a worker
    next_try_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=240, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["webhook", "event_id", "topic"], name="outbound_told_once"),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(next_try_at__isnull=False), name="outbound_queued_has_time"
            ),
        )
        indexes = (models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="outbound_queued"),)

    def __str__(self) -> str:
        return str(self.message_id)


class OutsideSystem(WithSecret):
    """A system of somebody else that does a part of our work: OSS, SIMBG, a province's service."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300)
    # who looks when something is stuck
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    # hours within which it should have taken a hand-over in; past them somebody is told
    expected_hours = models.PositiveSmallIntegerField(default=24)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.slug


class Probe(models.Model):
    """One look whether an outside system answers; what its published availability is computed from."""

    system = models.ForeignKey(OutsideSystem, on_delete=models.CASCADE, related_name="probes")
    at = models.DateTimeField()
    ok = models.BooleanField()
    milliseconds = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = (models.Index(fields=["system", "-at"], name="outbound_probes"),)

    def __str__(self) -> str:
        return f"{self.system_id} {self.at} {self.ok}"


class HandOver(models.Model):
    """Something handed over to an outside system, kept here until it is answered; nothing is lost while it is away."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"
        ANSWERED = "answered"
        REFUSED = "refused"
        GIVEN_UP = "given_up"
        # the same was handed over anew, with what was corrected meanwhile
        REPLACED = "replaced"
        # the matter ended, or somebody did the step here
        DROPPED = "dropped"

    system = models.ForeignKey(OutsideSystem, on_delete=models.PROTECT, related_name="hand_overs")
    # soft reference upward: which matter, and which of its steps
    owner_kind = models.CharField(max_length=20)
    owner_id = models.BigIntegerField()
    step = models.CharField(max_length=40)
    # how often the matter was corrected before: what was corrected is handed over anew
    turn = models.PositiveIntegerField(default=0)
    # the outside keeps it: the same key is never taken in twice
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    # JSON; personal data
    payload = EncryptedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=240, blank=True)
    # the outside's own number, and its words
    number = models.CharField(max_length=80, blank=True)
    words = models.TextField(blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # the owner was told that it is stuck
    alarmed_at = models.DateTimeField(null=True)
    # it counts no more, and the outside does not know yet: when it is told next; also the claim of a worker
    recall_at = models.DateTimeField(null=True)
    recall_tries = models.PositiveIntegerField(default=0)
    recalled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner_kind", "owner_id", "step", "turn"], name="outbound_handed_over_once"
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("made_at")), name="outbound_due_after_made"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(next_try_at__isnull=False), name="outbound_waiting_has_time"
            ),
        )
        indexes = (
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="outbound_waiting"),
            models.Index(fields=["system", "state"], name="outbound_of_system"),
            models.Index(fields=["recall_at"], condition=Q(recall_at__isnull=False), name="outbound_recalls"),
        )

    def __str__(self) -> str:
        return str(self.key)


class SeenMessage(models.Model):
    """A message of an outside system that was taken in: the same one counts once."""

    system = models.ForeignKey(OutsideSystem, on_delete=models.CASCADE, related_name="+")
    message_id = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["system", "message_id"], name="outbound_heard_once"),)

    def __str__(self) -> str:
        return self.message_id
