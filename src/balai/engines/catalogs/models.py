"""Records and their versions."""

from django.db import models
from django.db.models import F, Q


class Record(models.Model):
    """Something that the city describes and keeps describing: its name and whose it is. Versions say the rest."""

    kind = models.SlugField(max_length=30)
    slug = models.SlugField(max_length=60)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    name_id = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    # a heading under which it stands in lists
    group_id = models.CharField(max_length=80, blank=True)
    group_en = models.CharField(max_length=80, blank=True)
    # words by which people look for it
    keywords = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "slug"], name="catalogs_record_slug"),)
        ordering = ("order", "name_id")

    def __str__(self) -> str:
        return self.slug


class RecordVersion(models.Model):
    """What is said of a record, from a day on. Published ones never change; a trigger keeps them."""

    class State(models.TextChoices):
        DRAFT = "draft"
        CONSULTATION = "consultation"
        DECREED = "decreed"
        PUBLISHED = "published"
        RETIRED = "retired"

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    # component → what rules.clean_content keeps of it
    content = models.JSONField(default=dict)
    # counted up with every save, so that two tabs notice each other
    revision = models.PositiveIntegerField(default=0)
    # of the public consultation: held_on, place, participants, points
    minutes = models.JSONField(default=dict, blank=True)
    decree_number = models.CharField(max_length=80, blank=True)
    decree_date = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    # when somebody has to look at it again
    review_date = models.DateField(null=True)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["valid_from"], condition=Q(state__in=("published", "retired")), name="catalogs_version_valid"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["record", "number"], name="catalogs_version_number"),
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(state__in=("draft", "consultation", "decreed")),
                name="catalogs_one_version_in_work",
            ),
            models.UniqueConstraint(
                fields=["record"], condition=Q(state="published"), name="catalogs_one_version_published"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("published", "retired"))
                | Q(published_at__isnull=False, valid_from__isnull=False),
                name="catalogs_published_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="catalogs_valid_span"
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_id} v{self.number}"
