"""What may be brought: versioned kinds and the city's categories."""

from django.db import models


class KindVersion(models.Model):
    """A published version of a kind, frozen. ``definition`` is ``rules.kinds.CaseKind`` as JSON."""

    slug = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["slug", "version"], name="cases_kind_version"),)

    def __str__(self) -> str:
        return f"{self.slug} v{self.version}"


class Category(models.Model):
    """What a matter is about, in the city's words. ``kind`` names the kind it opens unless the person chooses."""

    slug = models.SlugField(max_length=60, unique=True)
    name_id = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    description_id = models.CharField(max_length=300, blank=True)
    description_en = models.CharField(max_length=300, blank=True)
    group_id = models.CharField(max_length=80, blank=True)
    group_en = models.CharField(max_length=80, blank=True)
    kind = models.SlugField(max_length=40)
    # where matters of this category go when no rule says otherwise
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    keywords = models.JSONField(default=list, blank=True)
    needs_place = models.BooleanField(default=True)
    # position is rounded to about 100 m on public pages
    sensitive = models.BooleanField(default=False)
    # further questions, Open311 attributes: list of {code, datatype, required, order, description_id, …, values}
    questions = models.JSONField(default=list, blank=True)
    icon = models.CharField(max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    active = models.BooleanField(default=True)
    aliases = models.JSONField(default=list, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("order", "name_id")

    def __str__(self) -> str:
        return self.name_id
