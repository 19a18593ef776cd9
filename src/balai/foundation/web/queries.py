"""What the frame needs to know of the city: one query, remembered in this process for a few seconds."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from balai.foundation.memory.kept import Kept
from balai.foundation.places.models import City
from balai.foundation.web.models import Brand

# Another process may have changed the brand: after so many seconds we look again.
REMEMBERED_SECONDS = 5.0
_BRAND_FIELDS = (
    "service_name",
    "tagline_id",
    "tagline_en",
    "colour",
    "mark_svg",
    "heading_font",
    "tile_url",
    "tile_attribution",
    "version",
)


@dataclass(frozen=True, kw_only=True)
class CityFace:
    """The city and its brand as the frame shows them; ``exists`` is False before set-up has made a city."""

    exists: bool = False
    city_name: str = ""
    government_name: str = ""
    time_zone: str = "Asia/Jakarta"
    contact_email: str = ""
    contact_phone: str = ""
    is_example: bool = False
    boundary_version: int = 0
    service_name: str = "Balai"
    tagline_id: str = ""
    tagline_en: str = ""
    colour: str = "#0f5c9c"
    mark_svg: str = ""
    heading_font: str = "plus-jakarta-sans"
    tile_url: str = ""
    tile_attribution: str = ""
    version: int = 0


_face: Kept[None, CityFace] = Kept(fresh_for=REMEMBERED_SECONDS)


def city_face() -> CityFace:
    """Return city and brand: no query while remembered, else one (two before the city exists)."""
    return _face.get(None, _read_face)


def forget_city_face() -> None:
    """Forget what is remembered, so that the next reader asks the database."""
    _face.forget()


def _read_face() -> CityFace:
    brand = Brand.objects.filter(only=OuterRef("only"))
    row = (
        City.objects.values(
            "name",
            "government_name",
            "time_zone",
            "contact_email",
            "contact_phone",
            "is_example",
            "boundary_version",
        )
        .annotate(**{f"brand_{field}": Subquery(brand.values(field)[:1]) for field in _BRAND_FIELDS})
        .first()
    )
    if row is None:
        values = Brand.objects.values(*_BRAND_FIELDS).first() or {}
        return CityFace(**values)
    values_of: dict[str, Any] = dict(row)
    chosen = {name: values_of[f"brand_{name}"] for name in _BRAND_FIELDS if values_of[f"brand_{name}"] is not None}
    return CityFace(
        exists=True,
        city_name=row["name"],
        government_name=row["government_name"],
        time_zone=row["time_zone"],
        contact_email=row["contact_email"],
        contact_phone=row["contact_phone"],
        is_example=row["is_example"],
        boundary_version=row["boundary_version"],
        **chosen,
    )
