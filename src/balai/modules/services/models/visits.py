"""Looking at the place: the appointment, and what was found."""

from django.db import models
from django.db.models import F, Q


class Visit(models.Model):
    """An appointment at the applicant's place, for one step of an application; then what was found there."""

    class State(models.TextChoices):
        PLANNED = "planned"
        DONE = "done"
        CANCELLED = "cancelled"

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    # the step of the workflow
    step = models.SlugField(max_length=40)
    # who comes
    officer = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # what the applicant should know before
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    # the applicant cannot then, and says when
    declined_at = models.DateTimeField(null=True)
    declined_words = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    # of the findings: made on the officer's device, so that what is sent twice counts once
    token = models.UUIDField(null=True, unique=True)
    # when the device says that it was filled in, and when it came here: the line may have been down between the two
    # who wrote it down; need not be who was expected
    entered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        ordering = ("begins_at", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="services_visit_lasts"),
            models.CheckConstraint(
                condition=Q(state="done", sent_at__isnull=False, token__isnull=False)
                | (~Q(state="done") & Q(sent_at__isnull=True, token__isnull=True)),
                name="services_visit_done_is_sent",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(state="planned"), name="services_one_visit_planned"),
        )
        indexes = (
            models.Index(fields=["officer", "begins_at"], condition=Q(state="planned"), name="services_visits"),
            models.Index(fields=["case", "step"], name="services_visits_of"),
        )

    def __str__(self) -> str:
        return f"visit {self.pk}"


class VisitFinding(models.Model):
    """One line of the checklist, as it was asked, and what was found."""

    class Verdict(models.TextChoices):
        YES = "yes"
        NO = "no"
        NOT_ASKED = "na"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=40)
    label_id = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    verdict = models.CharField(max_length=3, choices=Verdict.choices)
    note = models.CharField(max_length=500, blank=True)
    # keys of its photos
    tokens = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["visit", "slug"], name="services_finding_once"),)

    def __str__(self) -> str:
        return f"{self.visit_id}:{self.slug}"
