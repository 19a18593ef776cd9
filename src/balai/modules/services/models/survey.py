"""Who may answer, what was answered, and the sums that the index comes from."""

import secrets

from django.db import models
from django.db.models import Q

from balai.modules.services.models.service import Service


def random_key() -> int:
    """Return a key of 62 bits that says nothing of when it was made."""
    return secrets.randbits(62)


class SurveyInvitation(models.Model):
    """The right to answer once about one finished service; ``token_hash`` opens the page."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    # whether, not when: in order of time the answers would lead back to the people
    answered = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"survey of {self.case_id}"


class SurveyAnswer(models.Model):
    """One person's answers, without the person: nothing leads from here to the application.

    The key is random: counted up, it would say in which order people answered.
    """

    class Channel(models.TextChoices):
        WEB = "web"
        COUNTER = "counter"  # by QR at the counter
        PAPER = "paper"  # typed in by staff

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    # first day of the quarter in which the service ended
    quarter = models.DateField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    u1 = models.PositiveSmallIntegerField(null=True)
    u2 = models.PositiveSmallIntegerField(null=True)
    u3 = models.PositiveSmallIntegerField(null=True)
    u4 = models.PositiveSmallIntegerField(null=True)
    u5 = models.PositiveSmallIntegerField(null=True)
    u6 = models.PositiveSmallIntegerField(null=True)
    u7 = models.PositiveSmallIntegerField(null=True)
    u8 = models.PositiveSmallIntegerField(null=True)
    u9 = models.PositiveSmallIntegerField(null=True)
    # numbers that belong to a person are masked before it is kept: it is published
    comment = models.TextField(blank=True)
    # typed in by staff, or from an address that staff use: shown beside the index, not left out in silence
    flagged = models.BooleanField(default=False)
    entered_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    # the day only: the moment would lead back to the person
    answered_on = models.DateField()

    class Meta:
        constraints = tuple(
            models.CheckConstraint(
                condition=Q(**{f"u{number}__isnull": True}) | Q(**{f"u{number}__gte": 1, f"u{number}__lte": 4}),
                name=f"services_survey_u{number}",
            )
            for number in range(1, 10)
        )
        indexes = (models.Index(fields=["quarter", "unit", "service"], name="services_survey_place"),)

    def __str__(self) -> str:
        return f"answer of {self.quarter}"


class SurveyTotal(models.Model):
    """Sums of the answers of one service, unit, quarter and channel; the index comes from here."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    quarter = models.DateField()
    channel = models.CharField(max_length=10)
    answers = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    # {"U1": [count, sum], …}
    elements = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["service", "unit", "quarter", "channel"], name="services_survey_total_place"
            ),
        )

    def __str__(self) -> str:
        return f"survey {self.quarter}"
