"""Administrative areas, their outlines, and the one city that this installation serves."""

from django.db import models


class Area(models.Model):
    """An area of the national list: province, regency or city, district, village. ``code`` as in the decree."""

    class Level(models.TextChoices):
        PROVINCE = "province"
        REGENCY = "regency"
        DISTRICT = "district"
        VILLAGE = "village"

    code = models.CharField(max_length=13, unique=True)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["level", "name"], name="places_area_level_name"),)

    def __str__(self) -> str:
        return self.name


class Boundary(models.Model):
    """The outline of an area: GeoJSON geometry, WGS84, longitude first; ``version`` is the city's."""

    area = models.OneToOneField(Area, on_delete=models.CASCADE, related_name="+")
    geometry = models.JSONField()
    # smaller outline (about 20 m) for maps in the browser
    simple_geometry = models.JSONField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    def __str__(self) -> str:
        return f"outline of {self.area_id}"


class City(models.Model):
    """The government served here; exactly one row. ``version`` moves with every change of boundaries or categories."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    government_name = models.CharField(max_length=160)
    time_zone = models.CharField(max_length=40)
    domain = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    boundary_version = models.PositiveBigIntegerField(default=1)
    is_example = models.BooleanField(default=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(only=True), name="places_one_city"),)

    def __str__(self) -> str:
        return self.name
