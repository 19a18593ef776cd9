"""Reports near by that may be the same one, shown before somebody sends it again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import hypot

from django.db.models import Q

from balai.engines.cases.models import Case, Category
from balai.engines.cases.queries import public_cases
from balai.foundation.places.rules import CELL_ZOOM, cell_ranges, metres_per_degree

NEAR_METRES = 75
ENDED_WITHIN = timedelta(days=14)
MOST_SHOWN = 3
MOST_MEASURED = 60
# tiles of about 150 m in Indonesia: the box touches at most four
BOX_ZOOM = CELL_ZOOM - 2


@dataclass(frozen=True)
class Similar:
    """A report near by and how far away it is."""

    case: Case
    metres: int


def similar_reports(*, lat: float, lon: float, category: Category, at: datetime) -> list[Similar]:
    """Return up to three public reports of the same heading within 75 m, open or ended within 14 days; one statement.

    Categories whose positions are rounded are left out: their distance would say nothing.
    """
    if category.sensitive:
        return []
    per_lat, per_lon = metres_per_degree(lat=lat)
    high, wide = NEAR_METRES / per_lat, NEAR_METRES / per_lon
    cells = Q()
    for first, behind in cell_ranges(
        west=lon - wide, south=lat - high, east=lon + wide, north=lat + high, zoom=BOX_ZOOM
    ):
        cells |= Q(map_cell__gte=first, map_cell__lt=behind)
    rows = (
        public_cases()
        .filter(cells)
        .filter(Q(is_open=True) | Q(closed_at__gte=at - ENDED_WITHIN))
        .exclude(state_class__in=("refused", "merged", "withdrawn"))
        .filter(category__group_id=category.group_id, category__sensitive=False)
        .select_related("category")
        .only(
            "reference", "title", "state", "kind", "kind_version", "public_lat", "public_lon", "received_at", "category"
        )
        .order_by("-received_at")[:MOST_MEASURED]
    )
    near = [
        Similar(row, round(hypot((row.public_lat - lat) * per_lat, (row.public_lon - lon) * per_lon)))
        for row in rows
        if row.public_lat is not None and row.public_lon is not None
    ]
    # the same category first, then the nearest
    near.sort(key=lambda item: (item.case.category_id != category.pk, item.metres))
    return [item for item in near if item.metres <= NEAR_METRES][:MOST_SHOWN]
