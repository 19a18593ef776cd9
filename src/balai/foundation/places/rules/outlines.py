"""Check the outlines that a city brings, and make smaller ones for maps in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from balai.foundation.places.rules.locator import metres_per_degree

Level = Literal["regency", "district", "village"]
LEVELS: tuple[Level, ...] = ("regency", "district", "village")
# Parts of a code, from province to village: 35.73.01.1001
_CODE_PARTS = {2: "regency", 3: "district", 4: "village"}

ProblemCode = Literal[
    "no_file",
    "not_json",
    "not_a_collection",
    "no_features",
    "not_a_feature",
    "missing_property",
    "bad_level",
    "bad_code",
    "outside_code",
    "doubled_code",
    "no_geometry",
    "bad_geometry",
    "not_an_area",
    "bad_position",
    "unknown_district",
    "no_city",
    "no_villages",
    "village_elsewhere",
]

LONGEST_NAME, LONGEST_CODE = 120, 13
SIMPLE_METRES = 20.0
CLOSED_METRES = 30.0
_SIMPLE_DECIMALS = 5
_SLIVER_SQUARE_METRES = 20_000.0
# Villages that cover less of a drawn district than this, or so much more, are not the villages of that drawing.
_SMALLEST_SHARE = 0.75
# At most this share of a village may lie outside the city's own outline. Separate drawings never fit exactly: in the
# four cities we tried, a third of one riverside village lies outside.
_MOST_OUTSIDE = 0.5
MOST_PROBLEMS = 20


@dataclass(frozen=True, kw_only=True)
class BoundaryProblem:
    """One thing wrong with a file. ``feature``: the number of the feature, from 1; 0 means the file as a whole."""

    code: ProblemCode
    feature: int = 0
    name: str = ""
    detail: str = ""


class BadBoundaryFile(ValueError):
    """A file that cannot become a city; ``problems`` names every feature that is wrong."""

    def __init__(self, problems: Sequence[BoundaryProblem]) -> None:
        super().__init__("; ".join(f"{problem.code} {problem.name} {problem.detail}".strip() for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One area of a file, proved: a valid surface in WGS84. ``repaired``: lines crossed themselves and were mended."""

    code: str
    name: str
    level: Level
    geometry: BaseGeometry
    repaired: bool = False

    @property
    def parent_code(self) -> str:
        """Return the code of the area above."""
        return self.code.rpartition(".")[0]


def read_outlines(*, document: object, city_code: str) -> list[Outline]:
    """Return the areas of a GeoJSON FeatureCollection of one city, in order of their codes.

    Each feature carries ``code``, ``name`` and ``level`` (regency, district or village). Exactly one feature is the
    city, at least one a village; districts without an outline are allowed.

    :raises BadBoundaryFile: naming every feature that is wrong.
    """
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise BadBoundaryFile([BoundaryProblem(code="not_a_collection")])
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise BadBoundaryFile([BoundaryProblem(code="no_features")])
    problems: list[BoundaryProblem] = []
    found: dict[str, Outline] = {}
    for number, feature in enumerate(features, start=1):
        read = _read_feature(number, feature, city_code)
        if isinstance(read, BoundaryProblem):
            problems.append(read)
        elif read.code in found:
            problems.append(BoundaryProblem(code="doubled_code", feature=number, name=read.name, detail=read.code))
        else:
            found[read.code] = read
    outlines = sorted(found.values(), key=lambda outline: outline.code)
    problems += _problems_of_whole(outlines, city_code, complete=not problems)
    if problems:
        raise BadBoundaryFile(problems)
    return outlines


def simplify(*, outlines: Sequence[BaseGeometry], metres: float = SIMPLE_METRES) -> list[dict[str, Any]]:
    """Return smaller GeoJSON geometries of one level, about ``metres`` exact; common borders stay common.

    What would vanish keeps its full outline.
    """
    lat = float(np.mean(shapely.bounds(list(outlines))[:, [1, 3]]))
    per_lat, per_lon = metres_per_degree(lat=lat)
    factors = np.array([per_lon, per_lat])
    scaled = shapely.transform(np.array(outlines, dtype=object), lambda points: points * factors)
    simple = shapely.coverage_simplify(scaled, metres)
    return [
        _rounded(shapely.transform(small, lambda points: points / factors), whole)
        for small, whole in zip(simple, outlines, strict=True)
    ]


def dissolve(*, villages: Sequence[BaseGeometry], drawn: BaseGeometry, metres: float = CLOSED_METRES) -> BaseGeometry:
    """Return the outline that the villages of an area make together, closing gaps up to twice ``metres`` wide.

    On a map a district must end where its villages end; outlines of districts and cities are often drawn much coarser.
    Where the villages do not make up the area that was drawn, they are not all there, and ``drawn`` is returned.
    """
    lat = float(drawn.centroid.y)
    per_lat, per_lon = metres_per_degree(lat=lat)
    factors = np.array([per_lon, per_lat])
    scaled = shapely.transform(np.array(villages, dtype=object), lambda points: points * factors)
    joined = shapely.union_all(scaled).buffer(metres, join_style="mitre").buffer(-metres, join_style="mitre")
    whole = shapely.transform(_without_slivers(joined), lambda points: points / factors)
    if whole.is_empty or not _SMALLEST_SHARE < whole.area / drawn.area < 1 / _SMALLEST_SHARE:
        return drawn
    return whole


def _without_slivers(surface: BaseGeometry) -> BaseGeometry:
    """Return a surface in metres without holes and specks that only come from drawings that do not meet."""
    parts = [part for part in shapely.get_parts(surface) if part.area >= _SLIVER_SQUARE_METRES]
    filled = [
        Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= _SLIVER_SQUARE_METRES])
        for part in parts
    ]
    return MultiPolygon(filled) if len(filled) != 1 else filled[0]


def _rounded(small: BaseGeometry, whole: BaseGeometry) -> dict[str, Any]:
    kept = whole if small.is_empty else small
    rounded = shapely.transform(kept, lambda points: np.round(points, _SIMPLE_DECIMALS))
    return dict(mapping(rounded))


def _read_feature(number: int, feature: object, city_code: str) -> Outline | BoundaryProblem:
    """Return the area of a feature, or the first thing that is wrong with it."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return BoundaryProblem(code="not_a_feature", feature=number)
    code, name, level = (_property(feature, key) for key in ("code", "name", "level"))
    for key, value in (("code", code), ("name", name), ("level", level)):
        if not value:
            return BoundaryProblem(code="missing_property", feature=number, name=name, detail=key)
    known_level = next((each for each in LEVELS if each == level), None)
    if known_level is None:
        return BoundaryProblem(code="bad_level", feature=number, name=name, detail=level)
    problem = _problem_of_code(code, known_level, city_code)
    if problem:
        return BoundaryProblem(code=problem, feature=number, name=name, detail=f"{code} {level}")
    read = _read_geometry(feature.get("geometry"))
    if isinstance(read, tuple):
        geometry, repaired = read
        return Outline(code=code, name=name, level=known_level, geometry=geometry, repaired=repaired)
    return BoundaryProblem(code=read, feature=number, name=name, detail=code)


def _property(feature: dict[str, Any], key: str) -> str:
    """Return a property as one line of text without surrounding blanks, or nothing."""
    properties = feature.get("properties")
    value = properties.get(key) if isinstance(properties, dict) else None
    return " ".join(value.replace("\x00", " ").split())[:LONGEST_NAME] if isinstance(value, str) else ""


def _problem_of_code(code: str, level: Level, city_code: str) -> ProblemCode | None:
    parts = code.split(".")
    is_code = all(part.isascii() and part.isdigit() for part in parts) and len(code) <= LONGEST_CODE
    if not is_code or _CODE_PARTS.get(len(parts)) != level:
        return "bad_code"
    return None if code == city_code or code.startswith(f"{city_code}.") else "outside_code"


def _read_geometry(value: object) -> tuple[BaseGeometry, bool] | ProblemCode:
    """Return the surface of a GeoJSON geometry and whether it had to be mended, or what is wrong with it."""
    if not isinstance(value, dict):
        return "no_geometry"
    if value.get("type") not in ("Polygon", "MultiPolygon"):
        return "not_an_area"
    try:
        geometry = shapely.force_2d(shape(value))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return "bad_geometry"
    if geometry.is_empty:
        return "no_geometry"
    points = shapely.get_coordinates(geometry)
    # Indonesia lies between 94 and 142 degrees east: other numbers are metres, or latitude written first
    if not np.isfinite(points).all() or not _in_indonesia(points):
        return "bad_position"
    if geometry.is_valid:
        return geometry, False
    mended = _surfaces_of(shapely.make_valid(geometry))
    return (mended, True) if mended is not None else "bad_geometry"


def _in_indonesia(points: Any) -> bool:
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return bool(west >= 94 and east <= 142 and south >= -12 and north <= 7)


def _surfaces_of(geometry: BaseGeometry) -> BaseGeometry | None:
    """Return the surfaces of a mended geometry without the lines and points that mending may leave."""
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if part.geom_type == "Polygon"]
    for part in shapely.get_parts(geometry):
        if isinstance(part, MultiPolygon):
            parts.extend(part.geoms)
    surfaces: list[Polygon] = [part for part in parts if part.area > 0]
    if not surfaces:
        return None
    return surfaces[0] if len(surfaces) == 1 else shapely.union_all(surfaces)


def _problems_of_whole(outlines: Sequence[Outline], city_code: str, *, complete: bool) -> list[BoundaryProblem]:
    """Return what is wrong between the areas; ``complete``: every feature could be read."""
    if not complete:
        return []
    city = next((outline for outline in outlines if outline.code == city_code), None)
    villages = [outline for outline in outlines if outline.level == "village"]
    problems = []
    if city is None:
        problems.append(BoundaryProblem(code="no_city", detail=city_code))
    if not villages:
        problems.append(BoundaryProblem(code="no_villages", detail=city_code))
    if city is not None:
        shapely.prepare(city.geometry)
        problems += [
            BoundaryProblem(code="village_elsewhere", name=village.name, detail=village.code)
            for village in villages
            if not shapely.covers(city.geometry, village.geometry) and _share_outside(village, city) > _MOST_OUTSIDE
        ]
    return problems


def _share_outside(village: Outline, city: Outline) -> float:
    inside = shapely.intersection(village.geometry, city.geometry).area
    return float(1 - inside / village.geometry.area)
