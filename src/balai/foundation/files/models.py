"""Files that belong to something, served only after a permission check."""

import uuid
from concurrent.futures import Future

from django.db import models

from balai.foundation.files.rules import DOCUMENT_TYPE
from balai.foundation.files.words import describe_refusal
from balai.foundation.identity.fields import EncryptedTextField


class Attachment(models.Model):
    """One photo or document. ``key`` is its random public name; the owner is a soft reference (kind, id).

    ``incoming`` names the bytes as received until a job re-encodes them into ``stored``; then they are deleted.
    ``size`` (bytes) and ``sha256`` are those of the file as received; ``width`` and ``height`` (pixels) and
    ``content_type`` those of what is served once ready. ``reason`` is the code of a refusal.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        REFUSED = "refused"

    # of a row that is not stored yet: its bytes, still on their way to the disk
    writing: "Future[str] | None" = None

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    owner_kind = models.CharField(max_length=20, blank=True)
    owner_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20, default="photo")  # photo, proof, document
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    public = models.BooleanField(default=False)
    name = models.CharField(max_length=160, blank=True)
    content_type = models.CharField(max_length=60)
    incoming = models.CharField(max_length=200, blank=True)
    stored = models.CharField(max_length=200, blank=True)
    thumbnail = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    # position and time found in the photo (JSON), never public
    evidence = EncryptedTextField(blank=True, default="")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["owner_kind", "owner_id"], name="files_owner"),
            models.Index(fields=["incoming"], condition=models.Q(state="pending"), name="files_pending"),
        )

    def __str__(self) -> str:
        return str(self.key)

    def wait_for_bytes(self) -> None:
        """Return when the bytes as received are on the disk.

        :raises OSError: if it did not take them.
        """
        if self.writing is not None and self.writing.result() != self.incoming:
            raise OSError(f"{self.incoming} was stored under another name")

    @property
    def is_document(self) -> bool:
        """Whether it is a PDF: offered as a file, never drawn, never public."""
        return self.content_type == DOCUMENT_TYPE

    @property
    def kilobytes(self) -> int:
        """Its size as it was sent, at least 1."""
        return max(1, round(self.size / 1024))

    @property
    def refusal(self) -> str:
        """Why the file was refused, in words; empty otherwise."""
        return describe_refusal(self.reason) if self.reason else ""
