"""Read the city, its areas and their outlines; what is large is read once for each edition of the outlines."""

import json
from datetime import date, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from shapely.geometry import shape

from balai.foundation.memory.kept import Kept
from balai.foundation.places.models import Area, Boundary, City
from balai.foundation.places.rules import LEVELS, Locator, Village

_lock = Lock()
_locators: dict[tuple[int, int], Locator] = {}
_outlines: dict[tuple[int, int, str], str] = {}


class NoCityYet(LookupError):
    """Set-up has not made the city of this installation yet."""


def current_city() -> City:
    """Return the city served here, with its area; one query.

    :raises NoCityYet: before set-up.
    """
    city = City.objects.select_related("area").first()
    if city is None:
        raise NoCityYet("run: balai city create CODE --boundary FILE.geojson")
    return city


_city: Kept[None, City] = Kept()


def kept_city() -> City:
    """Return the city from memory, at most three seconds old; not to be changed or saved.

    :raises NoCityYet: before set-up.
    """
    return _city.get(None, current_city)


def city_day(at: datetime) -> date:
    """Return the day that the calendars in the city show at a moment.

    :raises NoCityYet: before set-up.
    """
    return at.astimezone(ZoneInfo(current_city().time_zone)).date()


def locator(city: City) -> Locator:
    """Return what finds the village of a position; from memory while the outlines are the same.

    :raises NoCityYet: if the city has no outlines.
    """
    key = (city.pk, city.boundary_version)
    found = _locators.get(key)
    if found is not None:
        return found
    # one thread prepares, the others wait for it instead of preparing too
    with _lock:
        if key not in _locators:
            prepared = _prepare_locator(city)
            _locators.clear()
            _locators[key] = prepared
        return _locators[key]


def villages() -> list[Area]:
    """Return the villages of the city that have an outline today, in order of their codes; one query."""
    return list(_villages())


def villages_by_id() -> dict[int, Area]:
    """Return the villages of the city by their numbers; one query."""
    return {area.pk: area for area in _villages()}


def areas_by_id() -> dict[int, Area]:
    """Return the districts of the city and all their villages by their numbers; one query."""
    city = _city_area()
    return Area.objects.filter(Q(parent_id=city) | Q(parent__parent_id=city)).in_bulk()


def districts() -> list[Area]:
    """Return the districts of the city in order of their codes; one query."""
    return list(Area.objects.filter(level=Area.Level.DISTRICT, parent_id=_city_area()).order_by("code"))


def outlines_geojson(level: str) -> str:
    """Return the small outlines of ``level`` (regency, district, village) as a GeoJSON FeatureCollection.

    Each feature has ``code``, ``name`` and ``parent``, the code of the area above. One query while unchanged.

    :raises ValueError: for another level.
    :raises NoCityYet: before set-up.
    """
    return outlines_of(city=current_city(), level=level)


def outlines_of(*, city: City, level: str) -> str:
    """Return what :func:`outlines_geojson` returns, for a city that the caller has read already.

    :raises ValueError: for another level.
    """
    if level not in LEVELS:
        raise ValueError(f"no outlines of level {level!r}")
    key = (city.pk, city.boundary_version, level)
    found = _outlines.get(key)
    if found is not None:
        return found
    written = _write_outlines(level)
    with _lock:
        for old in [each for each in _outlines if each[:2] != key[:2]]:
            del _outlines[old]
        return _outlines.setdefault(key, written)


def _city_area() -> Subquery:
    return Subquery(City.objects.values("area_id")[:1])


def _villages() -> QuerySet[Area]:
    return Area.objects.filter(
        Exists(Boundary.objects.filter(area_id=OuterRef("pk"))),
        level=Area.Level.VILLAGE,
        parent__parent_id=_city_area(),
    ).order_by("code")


def _prepare_locator(city: City) -> Locator:
    rows = Boundary.objects.filter(area__level=Area.Level.VILLAGE, area__parent__parent_id=city.area_id).values_list(
        "area_id", "area__code", "area__name", "area__parent_id", "area__parent__code", "geometry"
    )
    found = [
        Village(id=pk, code=code, name=name, district_id=above, district_code=above_code, outline=shape(geometry))
        for pk, code, name, above, above_code, geometry in rows
        if above is not None  # villages always have a district; the column is empty for provinces only
    ]
    if not found:
        raise NoCityYet(f"{city.name} has no outlines")
    return Locator(found)


def _write_outlines(level: str) -> str:
    rows = (
        Boundary.objects.filter(area__level=level)
        .order_by("area__code")
        .values_list("simple_geometry", "area__code", "area__name", "area__parent__code")
    )
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "parent": parent},
            "geometry": geometry,
        }
        for geometry, code, name, parent in rows
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
