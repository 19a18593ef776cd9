"""Templates with their versions, and the documents that were issued from them."""

import uuid

from django.db import models
from django.db.models import F, Q

from balai.foundation.identity.fields import EncryptedTextField


class DocumentTemplate(models.Model):
    """What documents of one kind look like: a Typst source that staff edit, and the version that counts now."""

    slug = models.SlugField(max_length=60, unique=True)
    name_id = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    # whose template it is; empty: the whole city's
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    draft = models.TextField()
    # grows with each change of the draft: two editors at once notice each other
    revision = models.PositiveIntegerField(default=1)
    live = models.ForeignKey("documents.DocumentTemplateVersion", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.slug


class DocumentTemplateVersion(models.Model):
    """A source as it was published. It never changes: documents point at it."""

    template = models.ForeignKey(DocumentTemplate, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    source = models.TextField()
    published_at = models.DateTimeField()
    # empty: it came with the program
    published_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["template", "number"], name="documents_version_once"),)

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"


class NumberSeries(models.Model):
    """The last number taken in a series in a year; counted up by one statement."""

    series = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["series", "year"], name="documents_series_once"),)

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.value}"


class IssuedDocument(models.Model):
    """One document that somebody holds. The owner is a soft reference upward.

    ``data`` is the JSON that was typeset, encrypted: it holds the person's particulars. ``check_code`` is random and
    stands in the code to scan. ``problem`` is ``code`` or ``code: detail`` of the last failure (``words.py``); one that
    nobody held when something else was decided has failed for good (``DROPPED``).
    """

    DROPPED = "dropped"

    class State(models.TextChoices):
        PENDING = "pending"
        ISSUED = "issued"
        FAILED = "failed"
        REVOKED = "revoked"

    number = models.CharField(max_length=80, unique=True)
    template_version = models.ForeignKey(DocumentTemplateVersion, on_delete=models.PROTECT, related_name="+")
    owner_kind = models.SlugField(max_length=20)
    owner_id = models.BigIntegerField()
    resident = models.ForeignKey("identity.Resident", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    data = EncryptedTextField()
    check_code = models.CharField(max_length=12, unique=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    # name in the file storage, and what the file must be; empty until it is issued
    stored = models.CharField(max_length=120, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    # whose certificate signed it, as the certificate says
    signed_by = models.CharField(max_length=200, blank=True, default="")
    valid_until = models.DateField(null=True)
    requested_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("pending", "failed"), issued_at__isnull=True, sha256="")
                | (Q(state__in=("issued", "revoked"), issued_at__isnull=False) & ~Q(sha256="")),
                name="documents_issued_has_file",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) & ~Q(state="revoked")
                | Q(state="revoked", revoked_at__gte=F("issued_at")) & ~Q(revoke_reason=""),
                name="documents_revoked_has_reason",
            ),
        )
        indexes = (
            models.Index(fields=["owner_kind", "owner_id"], name="documents_owner"),
            models.Index(fields=["requested_at"], condition=Q(state="failed"), name="documents_failed"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_dropped(self) -> bool:
        """Return whether it was given up before it was made, since its owner decided otherwise."""
        return self.state == self.State.FAILED and self.problem == self.DROPPED
