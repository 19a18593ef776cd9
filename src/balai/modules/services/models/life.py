"""What is done when something happens in a life, and one person's list of it."""

from django.db import models
from django.db.models import F, Q

from balai.foundation.identity.fields import EncryptedTextField


class LifeEventText(models.Model):
    """A city's own words and list for a life event; those of the program count until then."""

    slug = models.SlugField(max_length=30, unique=True)
    name_id = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    words_id = models.CharField(max_length=300, blank=True)
    words_en = models.CharField(max_length=300, blank=True)
    # rules.life.LifeLine as JSON
    lines = models.JSONField(default=list)
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class Bundle(models.Model):
    """Several applications under one code: one person's list for a life event, or many people's for one service."""

    # empty: a group applies for one service
    event = models.SlugField(max_length=30, blank=True)
    service = models.ForeignKey("services.Service", on_delete=models.PROTECT, null=True, related_name="+")
    # of a group: who applies for the people, and by what right
    group_name = models.CharField(max_length=300, blank=True)
    # opens the list and, through it, its drafts and matters; keyed hash
    token_hash = models.CharField(max_length=64, unique=True)
    # the day on which it happened as ISO text, if the person said so; personal, like every date of birth
    happened = EncryptedTextField(blank=True, default="")
    locale = models.CharField(max_length=5, default="id")
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(changed_at__gte=F("started_at")), name="services_bundle_changed"),
            models.CheckConstraint(
                condition=(Q(service__isnull=True) & ~Q(event="") & Q(group_name=""))
                | (Q(service__isnull=False, event="") & ~Q(group_name="")),
                name="services_bundle_of_one_kind",
            ),
        )
        indexes = (models.Index(fields=["changed_at"], name="services_bundles"),)

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"


class BundleLine(models.Model):
    """One thing on the list: an application of its own, or something that the person ticks off."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    # rules.life.LifeLine as JSON, as it stood when the list was begun
    line = models.JSONField()
    # null: done elsewhere, or the draft was left until it went away
    application = models.OneToOneField("services.Application", on_delete=models.SET_NULL, null=True, related_name="+")
    # of the matter's code when it was sent: a new code of that matter ends what the list opens
    mark = models.CharField(max_length=16, blank=True)
    # the person's own tick, for what is done elsewhere
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["bundle", "position"], name="services_bundle_line"),)

    def __str__(self) -> str:
        return f"{self.bundle_id}:{self.position}"
