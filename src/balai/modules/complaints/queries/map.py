"""Clusters for the map: complete at any zoom, counted by the database over map cells."""

from datetime import datetime
from typing import Any

from django.db.models import Avg, BigIntegerField, Count, F, Min, Q
from django.db.models.functions import Cast

from balai.engines.cases.models import Case
from balai.foundation.places.rules import CELL_ZOOM, cell_prefix, cell_ranges
from balai.modules.complaints.queries.public import PublicFilter, filtered

# a cluster is a quarter of a map tile wide: about 64 pixels
FINER = 2
MOST_CLUSTERS = 2_000
MOST_RANGES = 64
MOST_NAMED = 400


def _tiles_across(box: tuple[float, float, float, float], zoom: int) -> int:
    """Return how many tiles of ``zoom`` a box touches, roughly."""
    west, south, east, north = box
    size = 1 << zoom
    return int((east - west) / 360 * size + 2) * int((north - south) / 360 * size + 2)


def cluster_zoom(box: tuple[float, float, float, float], zoom: int) -> int:
    """Return the zoom of the cells that are counted: fine enough to see, few enough to send."""
    fine = min(CELL_ZOOM, zoom + FINER)
    while fine > 1 and _tiles_across(box, fine) > MOST_CLUSTERS:
        fine -= 1
    return fine


def clusters(
    *, wanted: PublicFilter, box: tuple[float, float, float, float], zoom: int, at: datetime
) -> list[list[Any]]:
    """Return ``[lat, lon, count, reference or None, title or None]`` for every cluster that touches the box.

    Every public matter with a place is in exactly one cluster; cells that the box cuts are counted whole.
    """
    west, south, east, north = box
    fine = cluster_zoom(box, zoom)
    coarse = fine
    while coarse > 1 and _tiles_across(box, coarse) > MOST_RANGES:
        coarse -= 1
    covered = Q()
    for first, behind in cell_ranges(west=west, south=south, east=east, north=north, zoom=coarse):
        covered |= Q(map_cell__gte=first, map_cell__lt=behind)
    shift = 2 * (CELL_ZOOM - fine)
    found = list(
        filtered(wanted, at=at, with_box=False)
        .filter(covered)
        .order_by()
        .annotate(cluster=Cast(F("map_cell").bitrightshift(shift), BigIntegerField()))
        .values("cluster")
        .annotate(lat=Avg("public_lat"), lon=Avg("public_lon"), count=Count("id"), first=Min("id"))
    )
    shown = _touched(box, fine)
    found = [row for row in found if row["cluster"] in shown]
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


def _touched(box: tuple[float, float, float, float], zoom: int) -> set[int]:
    """Return the cells of ``zoom`` that a box touches; the coarser ranges may hold more."""
    west, south, east, north = box
    ranges = cell_ranges(west=west, south=south, east=east, north=north, zoom=zoom)
    return {
        prefix
        for first, behind in ranges
        for prefix in range(cell_prefix(first, zoom), cell_prefix(behind - 1, zoom) + 1)
    }
