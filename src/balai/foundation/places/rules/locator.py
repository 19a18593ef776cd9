"""From a position to the village it lies in, quick enough for imports of millions of rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, isfinite, radians, sin, sqrt
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Reason = Literal["not_a_number", "out_of_range", "zero", "swapped"]

# Outlines of neighbours were drawn apart: a point in a gap belongs to the nearest village within this many metres.
GAP_METRES = 100.0
# Columns and rows of the raster. A finer one leaves fewer cells on borders and takes longer to prepare.
_GRID = 192
_BORDER, _NOBODY = -1, -2
# How far around the city a swapped pair of coordinates is recognised, in degrees.
_SWAP_MARGIN = 0.5
_EARTH_RADIUS, _FLATTENING = 6378137.0, 1 / 298.257223563


class OutsideCity(LookupError):
    """The position is outside the city: ``distance_m`` metres from the nearest village, ``nearest_name``."""

    def __init__(self, *, distance_m: float, nearest_name: str) -> None:
        super().__init__(f"{distance_m:.0f} m from {nearest_name}")
        self.distance_m = distance_m
        self.nearest_name = nearest_name


class BadCoordinates(ValueError):
    """These numbers are no position. ``reason``: ``not_a_number``, ``out_of_range``, ``zero`` or ``swapped``.

    ``swapped`` means that they would lie in or near the city if latitude and longitude changed places.
    """

    def __init__(self, reason: Reason, lat: object, lon: object) -> None:
        super().__init__(f"{reason}: lat={lat!r} lon={lon!r}")
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Village:
    """A village as the locator needs it; ``outline`` in WGS84, longitude first."""

    id: int
    code: str
    name: str
    district_id: int
    district_code: str
    outline: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a position lies. ``distance_m``: 0 inside the outline, else how far away the nearest one is."""

    village_code: str
    village_id: int
    district_code: str
    district_id: int
    distance_m: float = 0.0


def metres_per_degree(*, lat: float) -> tuple[float, float]:
    """Return the length in metres of a degree of latitude and of longitude around ``lat``, on the WGS84 ellipsoid."""
    eccentricity = _FLATTENING * (2 - _FLATTENING)
    root = sqrt(1 - eccentricity * sin(radians(lat)) ** 2)
    meridian = _EARTH_RADIUS * (1 - eccentricity) / root**3
    return radians(1) * meridian, radians(1) * _EARTH_RADIUS / root * cos(radians(lat))


class Locator:
    """Finds villages by position: a raster answers at once inside a village, exact outlines on its border.

    Where outlines overlap, the village with the smaller code has the point.
    """

    def __init__(self, villages: Sequence[Village]) -> None:
        """Prepare outlines and raster; takes some tenths of a second for a city.

        :raises ValueError: without villages.
        """
        if not villages:
            raise ValueError("a locator needs at least one village")
        self._villages = sorted(villages, key=lambda village: village.code)
        self._places = [_place(village) for village in self._villages]
        self._named = {village.code: village for village in self._villages}
        self._outlines = [village.outline for village in self._villages]
        self._west, self._south, self._east, self._north = (
            float(edge) for edge in shapely.total_bounds(self._outlines)
        )
        self._columns = _GRID / (self._east - self._west)
        self._rows = _GRID / (self._north - self._south)
        shapely.prepare(self._outlines)
        self._cells, self._candidates = self._raster()
        self._scale = metres_per_degree(lat=(self._south + self._north) / 2)
        self._metric = shapely.STRtree([self._in_metres(outline) for outline in self._outlines])

    def named(self, code: str) -> Village | None:
        """Return the village of a code, None for a code that the city does not have."""
        return self._named.get(code)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north of all villages, in degrees."""
        return self._west, self._south, self._east, self._north

    def is_beyond(self, *, lat: float, lon: float) -> bool:
        """Return whether a position lies so far out that no village can be near; cheap, for files of other places.

        :raises BadCoordinates: as :meth:`locate`.
        """
        self._check(lat, lon)
        up, across = GAP_METRES / self._scale[0], GAP_METRES / self._scale[1]
        return not (self._west - across <= lon <= self._east + across and self._south - up <= lat <= self._north + up)

    def locate(self, *, lat: float, lon: float) -> Place:
        """Return the village and district of a position in WGS84 degrees.

        :raises OutsideCity: farther than 100 m from every village.
        :raises BadCoordinates: if the numbers are no position, or latitude and longitude were swapped.
        """
        try:
            inside = self._west <= lon < self._east and self._south <= lat < self._north
        except TypeError:
            raise BadCoordinates("not_a_number", lat, lon) from None
        if inside:
            column, row = int((lon - self._west) * self._columns), int((lat - self._south) * self._rows)
            cell = min(row, _GRID - 1) * _GRID + min(column, _GRID - 1)
            number = self._cells[cell]
            if number >= 0:
                return self._places[number]
            if number == _BORDER:
                for candidate in self._candidates[cell]:
                    if shapely.intersects_xy(self._outlines[candidate], lon, lat):
                        return self._places[candidate]
        return self._outside_all(lat, lon)

    def _outside_all(self, lat: float, lon: float) -> Place:
        self._check(lat, lon)
        point = shapely.Point(lon * self._scale[1], lat * self._scale[0])
        found, distances = self._metric.query_nearest(point, return_distance=True, all_matches=True)
        nearest = int(min(found))
        distance = float(distances[0])
        if distance > GAP_METRES:
            raise OutsideCity(distance_m=distance, nearest_name=self._villages[nearest].name)
        return replace(self._places[nearest], distance_m=round(distance, 1)) if distance else self._places[nearest]

    def _check(self, lat: float, lon: float) -> None:
        try:
            finite = isfinite(lat) and isfinite(lon)
        except TypeError:
            finite = False
        if not finite:
            raise BadCoordinates("not_a_number", lat, lon)
        if (
            self._west - _SWAP_MARGIN <= lat <= self._east + _SWAP_MARGIN
            and self._south - _SWAP_MARGIN <= lon <= self._north + _SWAP_MARGIN
        ):
            raise BadCoordinates("swapped", lat, lon)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise BadCoordinates("out_of_range", lat, lon)
        if lat == 0 and lon == 0:
            raise BadCoordinates("zero", lat, lon)

    def _in_metres(self, outline: BaseGeometry) -> BaseGeometry:
        factors = np.array([self._scale[1], self._scale[0]])
        return shapely.transform(outline, lambda points: points * factors)

    def _raster(self) -> tuple[list[int], dict[int, tuple[int, ...]]]:
        """Return for each cell the one village that fills it, or that it is a border, and the villages of borders."""
        touching: dict[int, list[int]] = {}
        filling: dict[int, int] = {}
        for number, outline in enumerate(self._outlines):
            cells, boxes = self._boxes(shapely.bounds(outline))
            touched = shapely.intersects(outline, boxes)
            filled = shapely.contains_properly(outline, boxes)
            for cell in cells[touched].tolist():
                touching.setdefault(cell, []).append(number)
            filling.update((cell, number) for cell in cells[filled].tolist())
        cells_of_all = [_NOBODY] * (_GRID * _GRID)
        borders = {}
        for cell, numbers in touching.items():
            if len(numbers) == 1 and cell in filling:
                cells_of_all[cell] = numbers[0]
            else:
                cells_of_all[cell] = _BORDER
                borders[cell] = tuple(numbers)
        return cells_of_all, borders

    def _boxes(self, bounds: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
        """Return numbers and squares of the cells that a box touches; squares are a hair larger than their cells."""
        west, south, east, north = bounds
        left, right = (int((edge - self._west) * self._columns) for edge in (west, east))
        low, high = (int((edge - self._south) * self._rows) for edge in (south, north))
        grid = np.meshgrid(
            np.arange(max(0, left - 1), min(_GRID - 1, right + 1) + 1),
            np.arange(max(0, low - 1), min(_GRID - 1, high + 1) + 1),
        )
        columns, rows = grid[0].ravel(), grid[1].ravel()
        # rounding may put a point of a cell's edge into its neighbour: the overlap makes both know it
        slack = 1e-9
        boxes = shapely.box(
            self._west + columns / self._columns - slack,
            self._south + rows / self._rows - slack,
            self._west + (columns + 1) / self._columns + slack,
            self._south + (rows + 1) / self._rows + slack,
        )
        return rows * _GRID + columns, boxes


def _place(village: Village) -> Place:
    return Place(
        village_code=village.code,
        village_id=village.id,
        district_code=village.district_code,
        district_id=village.district_id,
    )
