"""Agencies, their posts, and who holds a post from when to when."""

from django.db import models


class Unit(models.Model):
    """An agency or part of one. District and village offices point at their area."""

    class Kind(models.TextChoices):
        SECRETARIAT = "secretariat"
        INSPECTORATE = "inspectorate"
        AGENCY = "agency"  # dinas, badan
        HOSPITAL = "hospital"
        DISTRICT = "district"  # kecamatan
        VILLAGE = "village"  # kelurahan
        SUBUNIT = "subunit"
        OUTSIDE = "outside"  # a body outside the city, or one met only in an import

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey("places.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # empty: the city's default opening hours
    schedule = models.ForeignKey("calendar.Schedule", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # where matters go that no rule sends anywhere; exactly one
    is_central_desk = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["is_central_desk"], condition=models.Q(is_central_desk=True), name="units_one_central_desk"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A seat (jabatan) in a unit. The work belongs to the post, not to the person."""

    class Level(models.TextChoices):
        HANDLER = "handler"  # pejabat penghubung / petugas
        HEAD = "head"
        SECRETARY = "secretary"  # Sekda
        MAYOR = "mayor"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    level = models.CharField(max_length=10, choices=Level.choices)
    roles = models.ManyToManyField("identity.Role", related_name="+")
    # compulsory: who steps in; null only while a unit is being set up, and then an alarm
    deputy = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # sees the work of: its own unit, its unit and those below, or the whole city
    scope = models.CharField(
        max_length=8, choices=[("unit", "unit"), ("branch", "branch"), ("city", "city")], default="unit"
    )
    # empty: the whole city; else only matters inside this district or village
    area = models.ForeignKey("places.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(deputy__isnull=True) | ~models.Q(deputy=models.F("id")),
                name="units_deputy_is_another_post",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Holding(models.Model):
    """A person holds a post from ``valid_from`` until before ``valid_to`` (open when null)."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["user", "valid_to"], name="units_holding_user"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="units_holding_order",
            ),
            models.UniqueConstraint(
                fields=["post"], condition=models.Q(valid_to__isnull=True), name="units_one_open_holding"
            ),
        )

    def __str__(self) -> str:
        return f"post {self.post_id} held by {self.user_id}"
