"""Positions, cells and outlines. Pure: no database, no clock."""

from balai.foundation.places.rules.cells import (
    CELL_ZOOM,
    cell_bounds,
    cell_prefix,
    cell_range,
    cell_ranges,
    map_cell,
    round_position,
    tile_prefix,
)
from balai.foundation.places.rules.locator import (
    GAP_METRES,
    BadCoordinates,
    Locator,
    OutsideCity,
    Place,
    Village,
    metres_per_degree,
)
from balai.foundation.places.rules.outlines import (
    LEVELS,
    BadBoundaryFile,
    BoundaryProblem,
    Level,
    Outline,
    dissolve,
    read_outlines,
    simplify,
)
from balai.foundation.places.rules.zones import time_zone_of

__all__ = [
    "CELL_ZOOM",
    "GAP_METRES",
    "LEVELS",
    "BadBoundaryFile",
    "BadCoordinates",
    "BoundaryProblem",
    "Level",
    "Locator",
    "Outline",
    "OutsideCity",
    "Place",
    "Village",
    "cell_bounds",
    "cell_prefix",
    "cell_range",
    "cell_ranges",
    "dissolve",
    "map_cell",
    "metres_per_degree",
    "read_outlines",
    "round_position",
    "simplify",
    "tile_prefix",
    "time_zone_of",
]
