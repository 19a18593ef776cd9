"""Where people stand: invented streets inside real villages, some of them far busier than others."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import cos, hypot, pi, radians, sin
from random import Random
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

METRES_A_DEGREE = 111_320.0
# stay this far inside, so that overlaps and gaps of neighbouring outlines do not matter
INSET_METRES = 25.0
CENTRE = {"illegal-parking", "street-vendors", "traffic", "sidewalk", "public-order"}


@dataclass(frozen=True, kw_only=True)
class VillageOutline:
    """A village as the places room keeps it; ``geometry`` is GeoJSON."""

    id: int
    code: str
    name: str
    district_id: int
    district_name: str
    geometry: Mapping[str, Any]


@dataclass(frozen=True)
class Street:
    """A straight piece of an invented street; x is longitude, y latitude."""

    name: str
    lane: bool
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Village:
    """A village with its streets and how much is written from it; ``street_weights`` are added up."""

    outline: VillageOutline
    shape: BaseGeometry
    streets: tuple[Street, ...]
    street_weights: tuple[float, ...]
    weight: float
    central: float


def make_villages(*, outlines: list[VillageOutline], names: Mapping[str, list[str]], chance: Random) -> list[Village]:
    """Return the villages in the order given, with 14 to 30 streets each."""
    shapes = [shapely.from_geojson(_text(outline.geometry)) for outline in outlines]
    middle = shapely.union_all([shape.centroid for shape in shapes]).centroid
    villages = []
    for outline, shape in zip(outlines, shapes, strict=True):
        inner = shape.buffer(-INSET_METRES / METRES_A_DEGREE)
        usable = shape if inner.is_empty else inner
        shapely.prepare(usable)
        count = chance.randint(14, 30)
        streets = tuple(_street(usable, names, chance) for _ in range(count))
        # a few streets carry most of it
        weights = tuple(accumulate(1 / (place + 1.5) ** 0.9 for place in range(count)))
        near = 1 / (1 + (shape.centroid.distance(middle) * METRES_A_DEGREE / 2500) ** 2)
        villages.append(
            Village(
                outline=outline,
                shape=usable,
                streets=streets,
                street_weights=weights,
                weight=(0.5 + shape.area * 1.2e4 * (0.3 + near)) * chance.lognormvariate(0, 0.45),
                central=near,
            )
        )
    return villages


def _text(geometry: Mapping[str, Any]) -> str:
    import json  # noqa: PLC0415 - shapely reads text only

    return json.dumps(geometry)


def _inside(shape: BaseGeometry, chance: Random) -> tuple[float, float]:
    west, south, east, north = shape.bounds
    while True:
        x, y = chance.uniform(west, east), chance.uniform(south, north)
        if shapely.contains_xy(shape, x, y):
            return x, y


def _street(shape: BaseGeometry, names: Mapping[str, list[str]], chance: Random) -> Street:
    lane = chance.random() < 0.4
    if lane:
        name = f"Gang {chance.choice(names['lanes'])} {chance.choice(names['streets'])}"
    else:
        name = f"Jl. {chance.choice(names['streets'])} {chance.choice(names['suffixes'])}".rstrip()
    for attempt in range(30):
        x, y = _inside(shape, chance)
        length = chance.uniform(80, 160 if lane else 600) / (1 + attempt / 6)
        angle = chance.choice((0.35, 0.35 + pi / 2)) + chance.gauss(0, 0.15)
        end = (x + length * cos(angle) / (METRES_A_DEGREE * cos(radians(y))), y + length * sin(angle) / METRES_A_DEGREE)
        if shapely.contains_xy(shape, *end):
            return Street(name, lane, (x, y), end)
    return Street(name, lane, (x, y), (x, y))


def point_on(*, village: Village, street: Street, chance: Random) -> tuple[float, float]:
    """Return latitude and longitude of a spot on or beside the street, inside the village, six decimals."""
    (ax, ay), (bx, by) = street.start, street.end
    for _ in range(4):
        along = chance.betavariate(0.7, 0.9)
        aside = chance.gauss(0, 7) / METRES_A_DEGREE
        length = hypot(bx - ax, by - ay) or 1.0
        x = ax + (bx - ax) * along - (by - ay) / length * aside
        y = ay + (by - ay) * along + (bx - ax) / length * aside
        if shapely.contains_xy(village.shape, x, y):
            return round(y, 6), round(x, 6)
    return round(ay, 6), round(ax, 6)


def near_point(*, lat: float, lon: float, village: Village, chance: Random) -> tuple[float, float]:
    """Return a position within some 25 metres of another, inside the village."""
    for _ in range(4):
        y = lat + chance.gauss(0, 9) / METRES_A_DEGREE
        x = lon + chance.gauss(0, 9) / METRES_A_DEGREE
        if shapely.contains_xy(village.shape, x, y):
            return round(y, 6), round(x, 6)
    return lat, lon
