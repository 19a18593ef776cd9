"""Clusters for the map: complete at any zoom, counted by the database over map cells."""

from datetime import datetime
from typing import Any

from django.db.models import Avg, BigIntegerField, Count, F, Min, Q
from django.db.models.functions import Cast

from balai.engines.cases.models import Case
from balai.foundation.places.rules import map_cell
from balai.modules.complaints.queries.public import PublicFilter, filtered

ZOOM = 20
# a cluster is a quarter of a map tile wide: about 64 pixels
FINER = 2
MOST_CELLS = 2_500
MOST_RANGES = 64
MOST_NAMED = 400


def _spread(value: int) -> int:
    """Return the bits of ``value`` with a gap after each."""
    spread = 0
    for bit in range(ZOOM):
        spread |= (value >> bit & 1) << 2 * bit
    return spread


def _gather(cell: int) -> tuple[int, int]:
    """Return the tile column and row inside a cell number."""
    x = y = 0
    for bit in range(ZOOM):
        x |= (cell >> 2 * bit & 1) << bit
        y |= (cell >> 2 * bit + 1 & 1) << bit
    return x, y


def cell_ranges(box: tuple[float, float, float, float]) -> tuple[list[tuple[int, int]], int]:
    """Return ranges of cell numbers that cover a box, and its area in finest tiles (columns × rows)."""
    west, south, east, north = box
    x0, y0 = _gather(map_cell(min(north, 85.0), max(west, -180.0)))
    x1, y1 = _gather(map_cell(max(south, -85.0), min(east, 179.999999)))
    level = 0
    while ((x1 >> level) - (x0 >> level) + 1) * ((y1 >> level) - (y0 >> level) + 1) > MOST_RANGES:
        level += 1
    firsts = sorted(
        _spread(x) | _spread(y) << 1
        for x in range(x0 >> level, (x1 >> level) + 1)
        for y in range(y0 >> level, (y1 >> level) + 1)
    )
    ranges: list[tuple[int, int]] = []
    for first in firsts:
        start, end = first << 2 * level, (first + 1) << 2 * level
        if ranges and ranges[-1][1] == start:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    return ranges, (x1 - x0 + 1) * (y1 - y0 + 1)


def clusters(
    *, wanted: PublicFilter, box: tuple[float, float, float, float], zoom: int, at: datetime
) -> list[list[Any]]:
    """Return ``[lat, lon, count, reference or None, title or None]`` for every cluster that touches the box.

    Every public matter with a place is in exactly one cluster; cells that the box cuts are counted whole.
    """
    ranges, area = cell_ranges(box)
    shift = max(0, 2 * (ZOOM - min(ZOOM, zoom + FINER)))
    while area >> shift > MOST_CELLS:
        shift += 2
    covered = Q()
    for start, end in ranges:
        # whole clusters: a range is widened to the cells it cuts
        covered |= Q(map_cell__gte=start >> shift << shift, map_cell__lt=((end - 1 >> shift) + 1) << shift)
    rows = (
        filtered(wanted, at=at, with_box=False)
        .filter(covered)
        .order_by()
        .annotate(cluster=Cast(F("map_cell").bitrightshift(shift), BigIntegerField()))
        .values("cluster")
        .annotate(lat=Avg("public_lat"), lon=Avg("public_lon"), count=Count("id"), first=Min("id"))
    )
    found = list(rows)
    single = [row["first"] for row in found if row["count"] == 1]
    named = {}
    if len(single) <= MOST_NAMED:
        named = {
            pk: (reference, title)
            for pk, reference, title in Case.objects.filter(pk__in=single).values_list("pk", "reference", "title")
        }
    return [
        [
            round(row["lat"], 6),
            round(row["lon"], 6),
            row["count"],
            *(named.get(row["first"], (None, None)) if row["count"] == 1 else (None, None)),
        ]
        for row in found
    ]
