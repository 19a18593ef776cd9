"""Files that belong to something, served only after a permission check."""

import uuid
from io import BytesIO
from typing import IO, cast

from django.core.files.storage import default_storage
from django.db import models

from balai.foundation.files.rules import DOCUMENT_TYPE
from balai.foundation.files.words import describe_refusal
from balai.foundation.identity.fields import EncryptedTextField


class AttachmentManager(models.Manager["Attachment"]):
    """Rows without the bytes as received: who reads them asks for them."""

    def get_queryset(self) -> models.QuerySet["Attachment"]:
        """Return every row; ``received`` is read when it is asked for."""
        return super().get_queryset().defer("received")


class Attachment(models.Model):
    """One photo or document. ``key`` is its random public name; the owner is a soft reference (kind, id).

    The bytes as received lie in ``received``, or in the file storage under ``incoming``, until a job re-encodes them
    into ``stored``; then they are deleted.
    ``size`` (bytes) and ``sha256`` are those of the file as received; ``width`` and ``height`` (pixels) and
    ``content_type`` those of what is served once ready. ``reason`` is the code of a refusal.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        REFUSED = "refused"

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
    # keep it last: whoever reads the rest of a row does not pass over it
    received = models.BinaryField(null=True)

    objects = AttachmentManager()

    class Meta:
        indexes = (
            models.Index(fields=["owner_kind", "owner_id"], name="files_owner"),
            models.Index(fields=["incoming"], condition=models.Q(state="pending"), name="files_pending"),
        )

    def __str__(self) -> str:
        return str(self.key)

    def open_received(self) -> IO[bytes]:
        """Open the bytes as received.

        :raises FileNotFoundError: if they are gone.
        """
        try:
            received = self.received
        except Attachment.DoesNotExist as gone:
            raise FileNotFoundError(str(self.key)) from gone
        if received is not None:
            return BytesIO(received)
        if not self.incoming:
            # made anew since the row was read
            raise FileNotFoundError(str(self.key))
        return cast("IO[bytes]", default_storage.open(self.incoming))

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
