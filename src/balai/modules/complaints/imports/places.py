"""Find our units, categories and areas under other people's names, making those that the mapping lets us make."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import slugify

from balai.engines.cases.actions.catalogue import create_category
from balai.engines.cases.models import Category
from balai.foundation.places.models import Area, City
from balai.foundation.places.queries import districts, locator, villages
from balai.foundation.places.rules import BadCoordinates, OutsideCity
from balai.foundation.units.actions import create_unit
from balai.foundation.units.models import Unit
from balai.modules.complaints.case_kinds import KIND_SLUGS
from balai.modules.complaints.rules.mapping import BadRow, Mapping, Row

OFFICE_WORDS = re.compile(r"^(kota|kabupaten|kecamatan|kec\.?|kelurahan|kel\.?|desa)\s+")


def plain(name: str) -> str:
    """Return a name for comparing: no case, accents, punctuation or office words before it."""
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    flat = OFFICE_WORDS.sub("", " ".join(re.sub(r"[^a-z0-9]+", " ", flat).split()))
    return flat.replace(" ", "")


@dataclass
class Gazetteer:
    """Names met so far. ``made`` lists what the run created."""

    mapping: Mapping
    city: City
    at: datetime
    central: Unit
    categories: dict[str, Category] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    villages: dict[str, list[Area]] = field(default_factory=dict)
    districts: dict[str, Area] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=lambda: {"category": [], "unit": []})

    @classmethod
    def load(cls, *, mapping: Mapping, city: City, at: datetime) -> "Gazetteer":
        """Read everything once, so that rows cost no queries."""
        found = cls(mapping=mapping, city=city, at=at, central=Unit.objects.get(is_central_desk=True))
        for category in Category.objects.filter(kind__in=KIND_SLUGS):
            for name in (category.slug, category.name_id, category.name_en, *category.aliases):
                found.categories.setdefault(plain(name), category)
        for unit in Unit.objects.all():
            for name in (unit.slug, unit.name, unit.short_name, *unit.aliases):
                found.units.setdefault(plain(name), unit)
        for area in villages():
            found.villages.setdefault(plain(area.name), []).append(area)
        found.districts = {plain(area.name): area for area in districts()}
        return found

    def category(self, name: str) -> Category:
        """Return the category meant by ``name``, made when the mapping says so.

        :raises BadRow: if it is unknown and the mapping says to reject.
        """
        wanted = self.mapping.category_words.get(name.strip().casefold(), name) or self.mapping.category_default
        known = self.categories.get(plain(wanted)) if wanted else None
        if known:
            return known
        if self.mapping.category_unknown == "default" or not wanted:
            fallback = self.categories.get(plain(self.mapping.category_default))
            if fallback:
                return fallback
            if wanted == "" and self.mapping.category_unknown == "create":
                wanted = "Lain-lain"
        if self.mapping.category_unknown == "reject" or not wanted:
            raise BadRow(f"Kategori {name[:60]!r} tidak dikenal.", f"Unknown category {name[:60]!r}.")
        made = self.categories.get(plain(wanted)) or create_category(
            name=wanted, slug=_free_slug(wanted, Category), kind=self.mapping.category_kind
        )
        self.categories[plain(wanted)] = made
        self.made["category"].append(wanted)
        return made

    def unit(self, name: str) -> Unit:
        """Return the agency meant by ``name``, made when the mapping says so.

        :raises BadRow: if it is unknown and the mapping says to reject.
        """
        wanted = self.mapping.unit_words.get(name.strip().casefold(), name) or self.mapping.unit_default
        if not wanted:
            return self.central
        known = self.units.get(plain(wanted))
        if known:
            return known
        if self.mapping.unit_unknown == "central":
            return self.central
        if self.mapping.unit_unknown == "reject":
            raise BadRow(f"Instansi {name[:60]!r} tidak dikenal.", f"Unknown agency {name[:60]!r}.")
        made = create_unit(
            slug=_free_slug(wanted, Unit), name=wanted, short_name=wanted[:60], kind=Unit.Kind.OUTSIDE, at=self.at
        )
        self.units[plain(wanted)] = made
        self.made["unit"].append(wanted)
        return made

    def place(self, row: Row) -> tuple[int | None, int | None, float | None, float | None]:
        """Return village id, district id, latitude and longitude of a row.

        :raises BadRow: for a point outside the city when the mapping says to reject.
        """
        if row.lat is not None and row.lon is not None and (row.lat, row.lon) not in self.mapping.no_place_at:
            where = locator(self.city)
            found = None
            try:
                if not where.is_beyond(lat=row.lat, lon=row.lon):
                    found = where.locate(lat=row.lat, lon=row.lon)
            except BadCoordinates as error:
                if self.mapping.outside == "reject":
                    raise BadRow(f"Koordinat salah: {error}.", f"Bad coordinates: {error}.") from error
                return (*self._named_place(row), None, None)
            except OutsideCity:
                # outside in spite of being near: said below, like those that are far
                pass
            if found is not None:
                return found.village_id, found.district_id, row.lat, row.lon
            if self.mapping.outside == "reject":
                raise BadRow("Titik di luar kota.", "The point is outside the city.")
            if self.mapping.outside == "keep":
                return (*self._named_place(row), row.lat, row.lon)
        return (*self._named_place(row), None, None)

    def _named_place(self, row: Row) -> tuple[int | None, int | None]:
        name = self.mapping.village_words.get(row.village.casefold(), row.village)
        district = self.districts.get(plain(row.district)) if row.district else None
        if name:
            same_name = self.villages.get(plain(name), [])
            inside = [area for area in same_name if district is None or area.parent_id == district.pk]
            # a name that two districts share says nothing without the district
            if len(inside) == 1:
                return inside[0].pk, inside[0].parent_id
        return None, district.pk if district else None


def _free_slug(name: str, model: type[Category] | type[Unit]) -> str:
    base = (slugify(name) or "tanpa-nama")[:50]
    slug, number = base, 2
    while model._default_manager.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
