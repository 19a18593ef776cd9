"""Make the city of this installation from its code and a file of outlines, and renew its outlines."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import shapely
from django.db import transaction
from django.db.models import ProtectedError
from shapely.geometry import shape

from balai.foundation.calendar.actions import ensure_default_schedules, load_holidays, set_time_zone
from balai.foundation.calendar.national import years_offered
from balai.foundation.calendar.queries import years_with_holidays
from balai.foundation.places.actions.areas import load_national_areas
from balai.foundation.places.models import Area, Boundary, City
from balai.foundation.places.rules import (
    BadBoundaryFile,
    BoundaryProblem,
    Outline,
    dissolve,
    read_outlines,
    simplify,
    time_zone_of,
)

# As with the calendar: an edition's number never comes back after a backup was restored.
_LARGEST_STEP = 2**32


class UnknownCity(LookupError):
    """The national list has no regency or city with this code."""


class AnotherCity(ValueError):
    """This installation serves another city already; ``city`` is it."""

    def __init__(self, city: City) -> None:
        super().__init__(city.name)
        self.city = city


@dataclass(frozen=True, kw_only=True)
class CitySetUp:
    """What was done: the city, whether it is new, whether outlines changed, and what to look at.

    ``repaired``: names of areas whose lines crossed themselves; ``kept``: villages that are no longer in the file but
    are still referred to, so they stay without an outline; ``removed``: villages that went.
    """

    city: City
    is_new: bool
    outlines_changed: bool
    villages: int
    districts: int
    repaired: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def create_city(*, code: str, boundary: Path, name: str | None = None, at: datetime, is_example: bool = False) -> City:
    """Make the city, or renew its outlines; see :func:`set_up_city`."""
    return set_up_city(code=code, boundary=boundary, name=name, at=at, is_example=is_example).city


def set_up_city(
    *, code: str, boundary: Path, name: str | None = None, at: datetime, is_example: bool = False
) -> CitySetUp:
    """Make the city of area ``code`` with the outlines of a GeoJSON file, or renew the outlines of the same city.

    Also loads what a new installation lacks: the national list of areas, usual opening hours, national days off, and
    lets the calendar run in the city's time zone. All of it in one transaction: nothing is half written.

    :raises BadBoundaryFile: naming every feature that is wrong.
    :raises UnknownCity: if the national list has no such regency or city.
    :raises AnotherCity: if another city is served here.
    """
    # reading and mending take time: before the transaction
    outlines = read_outlines(document=_read_file(boundary), city_code=code)
    simple = _simple_outlines(outlines)
    return _store(code=code, outlines=outlines, simple=simple, name=name, at=at, is_example=is_example)


@transaction.atomic
def _store(
    *,
    code: str,
    outlines: Sequence[Outline],
    simple: dict[str, dict[str, object]],
    name: str | None,
    at: datetime,
    is_example: bool,
) -> CitySetUp:
    load_national_areas()
    area = Area.objects.filter(code=code, level=Area.Level.REGENCY).first()
    if area is None:
        raise UnknownCity(code)
    # of two set-ups at once the second waits for the first
    existing = City.objects.select_for_update(of=("self",)).select_related("area").first()
    if existing is not None and existing.area_id != area.pk:
        raise AnotherCity(existing)
    areas = _store_areas(area, outlines)
    kept, removed = _drop_vanished(area, outlines)
    changed = _store_outlines(area, areas, outlines, simple) or bool(kept or removed)
    city = existing or _new_city(area, is_example=is_example)
    if changed and existing:
        city.boundary_version += 1 + secrets.randbelow(_LARGEST_STEP)
    if name:
        city.name = name
    city.save()
    _complete_calendar(city, at)
    return CitySetUp(
        city=city,
        is_new=existing is None,
        outlines_changed=changed,
        villages=sum(outline.level == "village" for outline in outlines),
        districts=sum(outline.level == "district" for outline in outlines),
        repaired=tuple(outline.name for outline in outlines if outline.repaired),
        kept=kept,
        removed=removed,
    )


def _read_file(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadBoundaryFile([BoundaryProblem(code="no_file", detail=str(error.strerror or error))]) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadBoundaryFile([BoundaryProblem(code="not_json", detail=str(error)[:120])]) from error


def _simple_outlines(outlines: Sequence[Outline]) -> dict[str, dict[str, object]]:
    """Return the small outline of each area by its code: villages made smaller, the others put together of them."""
    villages = [outline for outline in outlines if outline.level == "village"]
    small = simplify(outlines=[village.geometry for village in villages])
    found = dict(zip((village.code for village in villages), small, strict=True))
    shapes = {code: shape(geometry) for code, geometry in found.items()}
    for outline in outlines:
        if outline.level != "village":
            inside = [each for code, each in shapes.items() if code.startswith(f"{outline.code}.")]
            whole = dissolve(villages=inside, drawn=outline.geometry) if inside else outline.geometry
            found[outline.code] = simplify(outlines=[whole])[0]
    return found


def _new_city(area: Area, *, is_example: bool) -> City:
    return City(
        area=area,
        name=area.name,
        government_name=f"Pemerintah {area.name}",
        time_zone=time_zone_of(code=area.code),
        boundary_version=1 + secrets.randbelow(_LARGEST_STEP),
        is_example=is_example,
    )


def _complete_calendar(city: City, at: datetime) -> None:
    set_time_zone(time_zone=city.time_zone)
    ensure_default_schedules(at=at)
    if not years_with_holidays():
        load_holidays(years=years_offered(), at=at)


def _store_areas(city_area: Area, outlines: Sequence[Outline]) -> dict[str, Area]:
    """Store districts and villages of the file that are missing, correct their names, and return all by code."""
    found = {area.code: area for area in Area.objects.filter(code__startswith=f"{city_area.code}.").order_by("code")}
    found[city_area.code] = city_area
    renamed = []
    for level in ("district", "village"):
        fresh = []
        for outline in outlines:
            if outline.level != level:
                continue
            parent = found.get(outline.parent_code)
            if parent is None:
                problem = BoundaryProblem(code="unknown_district", name=outline.name, detail=outline.parent_code)
                raise BadBoundaryFile([problem])
            known = found.get(outline.code)
            if known is None:
                fresh.append(Area(code=outline.code, name=outline.name, level=level, parent=parent))
            elif level == "village" and known.name != outline.name:
                known.name = outline.name
                renamed.append(known)
        found.update((area.code, area) for area in Area.objects.bulk_create(fresh, batch_size=500))
    Area.objects.bulk_update(renamed, ["name"], batch_size=500)
    return found


def _drop_vanished(city_area: Area, outlines: Sequence[Outline]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete villages that the file no longer has; those that something refers to stay, without an outline."""
    present = {outline.code for outline in outlines}
    villages = Area.objects.filter(level=Area.Level.VILLAGE, code__startswith=f"{city_area.code}.")
    kept, removed = [], []
    for area in villages.exclude(code__in=present).order_by("code"):
        had_outline = Boundary.objects.filter(area=area).delete()[0] > 0
        try:
            with transaction.atomic():
                area.delete()
        except ProtectedError:
            if had_outline:
                kept.append(area.name)
        else:
            removed.append(area.name)
    return tuple(kept), tuple(removed)


def _store_outlines(
    city_area: Area,
    areas: dict[str, Area],
    outlines: Sequence[Outline],
    simple: dict[str, dict[str, object]],
) -> bool:
    """Replace all outlines when any differs from what is stored, and return whether that was so."""
    fresh = []
    for outline in outlines:
        west, south, east, north = (float(edge) for edge in outline.geometry.bounds)
        fresh.append(
            Boundary(
                area=areas[outline.code],
                geometry=json.loads(shapely.to_geojson(outline.geometry)),
                simple_geometry=json.loads(json.dumps(simple[outline.code])),
                west=west,
                south=south,
                east=east,
                north=north,
            )
        )
    stored = {
        code: (whole, small)
        for code, whole, small in Boundary.objects.values_list("area__code", "geometry", "simple_geometry")
    }
    if stored == {row.area.code: (row.geometry, row.simple_geometry) for row in fresh}:
        return False
    Boundary.objects.all().delete()
    Boundary.objects.bulk_create(fresh, batch_size=100)
    return True
