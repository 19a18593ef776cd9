"""Services, their published versions, and the applications that people make."""

from django.db import models
from django.db.models import F, Q

from balai.foundation.identity.fields import EncryptedTextField


class Service(models.Model):
    """A service of an agency: the catalogue's record with the form, steps and document that will carry it out.

    The columns are the draft; what applications run on is ``live``.
    """

    # part of addresses and of the case kind's name
    slug = models.SlugField(max_length=28, unique=True)
    record = models.OneToOneField("catalogs.Record", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    # what the case engine files applications under; made with the first published version
    category = models.OneToOneField("cases.Category", on_delete=models.PROTECT, null=True, related_name="+")
    form = models.ForeignKey("balai_forms.Form", on_delete=models.PROTECT, null=True, related_name="+")
    # rules.workflow.Workflow as JSON
    workflow = models.JSONField(default=dict, blank=True)
    # what comes out: the slug of a template of documents; empty: no paper
    document_template = models.SlugField(max_length=60, blank=True)
    # the computed value of the form that is billed; empty: free
    fee_field = models.CharField(max_length=60, blank=True)
    live = models.ForeignKey("services.ServiceVersion", on_delete=models.PROTECT, null=True, related_name="+")
    # the charter's compensation, in words
    compensation_id = models.TextField(blank=True)
    compensation_en = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class ServiceVersion(models.Model):
    """What was promised and how it is done, frozen at publication; a running application keeps its version."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    record_version = models.ForeignKey("catalogs.RecordVersion", on_delete=models.PROTECT, related_name="+")
    form_version = models.ForeignKey("balai_forms.FormVersion", on_delete=models.PROTECT, related_name="+")
    kind_version = models.PositiveIntegerField()
    workflow = models.JSONField()
    # calendar.rules.Term as JSON; null: the standard promises in words only
    promise = models.JSONField(null=True)
    document_template = models.SlugField(max_length=60, blank=True)
    fee_field = models.CharField(max_length=60, blank=True)
    # what the charter gives for a broken promise, in words; empty: nothing was promised
    compensation_id = models.TextField(blank=True)
    compensation_en = models.TextField(blank=True)
    published_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["service", "number"], name="services_version_number"),)

    def __str__(self) -> str:
        return f"{self.service_id} v{self.number}"


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
