"""Services and their published versions."""

from django.db import models


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
