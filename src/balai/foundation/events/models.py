"""One append-only record of what happened, chained by hash within each stream and sealed across streams."""

from django.db import models


class Event(models.Model):
    """One change. ``stream`` names the thing, e.g. ``case:17``; ``seq`` counts from 1 within it.

    ``hash`` covers the event and the hash before it. ``data`` holds ids and facts, never personal data.
    ``delivered_at`` is bookkeeping of the worker and not part of the hash.
    """

    stream = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)  # staff, resident, api, system
    actor_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    public = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["stream", "seq"], name="events_stream_seq"),)
        indexes = (
            models.Index(fields=["id"], condition=models.Q(delivered_at__isnull=True), name="events_undelivered"),
        )

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.kind}"


class Retry(models.Model):
    """A listener that failed at an event: how often, and when it is asked again. Gone once it has listened."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    listener = models.CharField(max_length=200)  # dotted name of the function
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event", "listener"], name="events_retry_once"),)

    def __str__(self) -> str:
        return f"{self.listener} at {self.event_id}, try {self.tries}"


class StreamHead(models.Model):
    """The newest link of a stream whose owner keeps no head of its own."""

    stream = models.CharField(max_length=40, primary_key=True)
    seq = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.stream


class Seal(models.Model):
    """A link over all events with ``first_id <= id <= last_id``: shows a stream that vanished whole."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"seal {self.first_id}-{self.last_id}"
