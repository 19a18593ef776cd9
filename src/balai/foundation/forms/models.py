"""Forms and their published versions."""

from django.db import models


class Form(models.Model):
    """A form: its draft, which staff change, and the version that is filled in now."""

    slug = models.SlugField(max_length=60, unique=True)
    label_id = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160, blank=True)
    # whose it is; None: the whole city's
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    # rules.schema.FormSchema as JSON
    draft = models.JSONField(default=dict)
    # counted up with every save, so that two tabs notice each other
    revision = models.PositiveIntegerField(default=0)
    # the draft before the last change, for one step back
    before = models.JSONField(null=True)
    live = models.ForeignKey("balai_forms.FormVersion", on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("label_id",)

    def __str__(self) -> str:
        return self.slug


class FormVersion(models.Model):
    """A form as it was published. Never changes; a trigger keeps it."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    schema = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["form", "number"], name="forms_version_number"),)
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.form_id} v{self.number}"
