"""The city's face: mark, name, colours, words."""

from django.db import models


class Brand(models.Model):
    """One row. Colours are hex; the tokens computed from them are checked for contrast."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    service_name = models.CharField(max_length=60, default="Balai")
    tagline_id = models.CharField(max_length=160, blank=True)
    tagline_en = models.CharField(max_length=160, blank=True)
    colour = models.CharField(max_length=7, default="#0f5c9c")
    mark_svg = models.TextField(blank=True)
    heading_font = models.CharField(max_length=30, default="plus-jakarta-sans")
    tile_url = models.CharField(max_length=200, blank=True)
    tile_attribution = models.CharField(max_length=200, blank=True)
    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return self.service_name
