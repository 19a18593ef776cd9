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
    # until when everybody may say what they think of it; stays when that is over, so that what was said can be read
    consulted_until = models.DateField(null=True)
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


class PublicComment(models.Model):
    """What somebody said of a version in public consultation, and what became of it. Its words are masked on arrival:
    what identifies somebody is kept nowhere.
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken"
        PARTLY = "partly"
        NOT_TAKEN = "not_taken"
        # its words are not shown; the reason is
        HIDDEN = "hidden"

    version = models.ForeignKey(RecordVersion, on_delete=models.PROTECT, related_name="comments")
    # which component it is about; empty: the whole
    component = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=80, blank=True)
    words = models.TextField(max_length=2000)
    # one form is one comment, however often it arrives
    submission_key = models.CharField(max_length=80, unique=True)
    said_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_at__isnull=True)
                | (~Q(outcome="") & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="catalogs_comment_answered",
            ),
        )
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.version_id}/{self.pk}"
