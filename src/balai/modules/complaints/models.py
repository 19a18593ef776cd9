"""What only complaints need: routing rules and import runs."""

from django.db import models


class RuleSet(models.Model):
    """A version of the ordered routing rules. One is active; drafts are tried against the last 90 days first."""

    version = models.PositiveIntegerField(unique=True)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    activated_at = models.DateTimeField(null=True)
    # result of the last dry run: moved, unmoved, per unit, examples
    dry_run = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["active"], condition=models.Q(active=True), name="complaints_one_active_rule_set"
            ),
        )

    def __str__(self) -> str:
        return f"rules v{self.version}"


class Rule(models.Model):
    """One rule: where all conditions hold, the matter goes to ``unit``. First match wins.

    ``conditions``: {"category": [slugs], "area": [codes], "hours": ["07:00-16:00", "closed"], "channel": [..],
    "words": [..], "kind": [..]}; a missing key holds always.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    order = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    conditions = models.JSONField(default=dict)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("order", "id")
        constraints = (models.UniqueConstraint(fields=["rule_set", "order"], name="complaints_rule_order"),)

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One import of a file: how far it got, so that it can go on."""

    name = models.CharField(max_length=60, unique=True)
    file_hash = models.CharField(max_length=64)
    mapping_hash = models.CharField(max_length=64)
    line = models.PositiveBigIntegerField(default=0)
    imported = models.PositiveBigIntegerField(default=0)
    already = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
