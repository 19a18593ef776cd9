"""What we tell people: templates, the outbox, every try to deliver."""

from django.db import models
from django.db.models import F, Q

from balai.foundation.identity.fields import EncryptedTextField


class Template(models.Model):
    """Words of one message in one language. Staff edit them; an edit takes effect at once."""

    slug = models.SlugField(max_length=60)
    channel = models.CharField(max_length=12)
    locale = models.CharField(max_length=5)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    edited_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["slug", "channel", "locale"], name="messages_one_template_each"),
        )

    def __str__(self) -> str:
        return f"{self.slug} {self.channel} {self.locale}"


class OutboxMessage(models.Model):
    """One message to one recipient on one channel, written in the transaction of the change.

    While it is queued: ``sending_since`` empty = nothing has left, whoever died may be replaced; set = it is in the
    hands of the provider, and only the worker that put it there knows how that ends.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        SKIPPED = "skipped"

    # "event:recipient:channel"; the same key is never written twice
    dedupe_key = models.CharField(max_length=160, unique=True)
    template = models.CharField(max_length=60)
    channel = models.CharField(max_length=12)
    # empty: the language that the recipient has when it is sent
    locale = models.CharField(max_length=5, blank=True)
    # who: resident or user; the address is looked up when sending
    resident = models.ForeignKey("identity.Resident", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    # soft reference upward, for the delivery log on a matter's page
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    context = models.JSONField(default=dict)
    # secrets that the text needs once (a code); emptied when sent
    secret_context = EncryptedTextField(blank=True, default="")
    # somebody waits for it now (a code): sent before the others, quiet hours or not
    urgent = models.BooleanField(default=False)
    # after this it would only confuse; then it is skipped
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # "code" or "code: detail", see words.describe_reason
    reason = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    # also the claim: a worker that prepares a message sets it to when others may take it over
    next_try_at = models.DateTimeField(null=True)
    sending_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                F("urgent").desc(), F("next_try_at"), F("id"), condition=Q(state="queued"), name="messages_queued"
            ),
            models.Index(
                fields=["sending_since"], condition=Q(sending_since__isnull=False), name="messages_handed_over"
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="messages_subject"),
            models.Index(fields=["state", "-id"], name="messages_state"),
        )

    def __str__(self) -> str:
        return self.dedupe_key


class DeliveryAttempt(models.Model):
    """One try at a provider, with its answer; addresses masked."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)  # a final state, or "retry"
    detail = models.CharField(max_length=300, blank=True)
    provider_id = models.CharField(max_length=160, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.message_id} {self.outcome}"


class MailboxItem(models.Model):
    """Demo only: a message that would have left the machine."""

    at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    recipient = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.subject
