"""What we tell people: templates, the outbox, every try to deliver."""

from django.db import models

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
    """One message to one recipient on one channel, written in the transaction of the change."""

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
    locale = models.CharField(max_length=5)
    # who: resident or user; the address is looked up when sending
    resident = models.ForeignKey("identity.Resident", on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    # soft reference upward, for the delivery log on a matter's page
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    context = models.JSONField(default=dict)
    # secrets that the text needs once (a code); emptied when sent
    secret_context = EncryptedTextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    # set before a provider is called: a message whose worker died here is not sent a second time unseen
    sending_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="messages_queued"),
            models.Index(fields=["subject_kind", "subject_id"], name="messages_subject"),
            models.Index(fields=["state", "-created_at"], name="messages_state"),
        )

    def __str__(self) -> str:
        return self.dedupe_key


class DeliveryAttempt(models.Model):
    """One try at a provider, with its answer; addresses masked."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    detail = models.CharField(max_length=300, blank=True)
    provider_id = models.CharField(max_length=160, blank=True)

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
