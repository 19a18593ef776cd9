"""What people ask for, and what became of the promise."""

from django.db import models
from django.db.models import F, Q

from balai.foundation.identity.fields import EncryptedTextField
from balai.modules.services.models.service import ServiceVersion


class Application(models.Model):
    """What one person asks for: a draft until it is sent, from then on the paper behind a matter.

    The answers are personal data and encrypted at rest; the matter itself carries only the service's name.
    """

    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, null=True, related_name="+")
    # opens the draft; keyed hash
    token_hash = models.CharField(max_length=64, unique=True)
    # answers as JSON
    answers = EncryptedTextField(blank=True, default="")
    # what the applicant changes after a return, as JSON; nobody decides on it until it is sent
    correction = EncryptedTextField(blank=True, default="")
    # what the applicant wants to tell the officer with it
    correction_words = EncryptedTextField(blank=True, default="")
    # the questions that were answered otherwise in the last correction
    corrected = models.JSONField(default=list, blank=True)
    # counted up with every save, so that two tabs notice each other
    revision = models.PositiveIntegerField(default=0)
    # who typed it in at the counter; null: the person
    entered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    # for whom somebody else applies, and by what right; empty: for themselves
    on_behalf = models.CharField(max_length=300, blank=True)
    locale = models.CharField(max_length=5, default="id")
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # a draft nobody touches goes away
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(case__isnull=True, expires_at__isnull=False)
                | Q(case__isnull=False, expires_at__isnull=True),
                name="services_draft_expires",
            ),
            models.CheckConstraint(condition=Q(changed_at__gte=F("started_at")), name="services_changed_after_start"),
        )
        indexes = (models.Index(fields=["expires_at"], condition=Q(case__isnull=True), name="services_drafts"),)

    def __str__(self) -> str:
        return f"application {self.pk}"


class ApplicationDocument(models.Model):
    """One document that an application needs, and what the officer said of it."""

    class State(models.TextChoices):
        MISSING = "missing"
        GIVEN = "given"
        REFUSED = "refused"
        ACCEPTED = "accepted"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="documents")
    slug = models.SlugField(max_length=60)
    label_id = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MISSING)
    # keys of the files that came for it
    tokens = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "slug"], name="services_document_once"),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="services_refused_document_has_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slug} of {self.application_id}"


class DelayRisk(models.Model):
    """A promise that was broken: a risk of maladministration by delay, and the compensation that the charter offers."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # what the charter promised when the application came in
    compensation_id = models.TextField(blank=True)
    compensation_en = models.TextField(blank=True)
    # null until the agency has given it
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"delay of {self.case_id}"


class ReturnNote(models.Model):
    """One return of one application, so that it is counted once however often the worker hears of it."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "seq"], name="services_return_once"),)

    def __str__(self) -> str:
        return f"{self.case_id}:{self.seq}"


class ReturnTotal(models.Model):
    """How many applications of a month were returned for a reason."""

    service = models.ForeignKey("services.Service", on_delete=models.PROTECT, related_name="+")
    # first day of the month in which the application came in
    month = models.DateField()
    reason = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["service", "month", "reason"], name="services_return_total"),)

    def __str__(self) -> str:
        return f"{self.month} {self.reason}"
