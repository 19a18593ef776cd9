"""Cells of the map: squares of the Web-Mercator pyramid as single numbers.

A cell number interleaves the bits of tile column and row (Morton order), so that everything under a larger tile is one
unbroken range of numbers: an index on the number answers any zoom.
"""

from collections.abc import Iterator
from math import asinh, atan, degrees, floor, pi, radians, sinh, tan

CELL_ZOOM = 20
_MERCATOR_LIMIT = 85.05112878
# A rounded position is the centre of a square of a thousandth of a degree: about 110 m in Indonesia.
_ROUND_STEPS = 1000


def map_cell(lat: float, lon: float) -> int:
    """Return the cell of a position: the tile of zoom 20 (about 38 m wide), 40 bits."""
    return tile_prefix(*_tile(lat, lon, CELL_ZOOM))


def cell_prefix(cell: int, zoom: int) -> int:
    """Return the number of the tile of ``zoom`` that holds a cell."""
    return cell >> 2 * (CELL_ZOOM - zoom)


def cell_range(prefix: int, zoom: int) -> tuple[int, int]:
    """Return the first cell under a tile of ``zoom`` and the first one behind it."""
    shift = 2 * (CELL_ZOOM - zoom)
    return prefix << shift, prefix + 1 << shift


def cell_bounds(prefix: int, zoom: int = CELL_ZOOM) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile of ``zoom``, in degrees."""
    x, y = _squeeze(prefix), _squeeze(prefix >> 1)
    size = 1 << zoom
    return x / size * 360 - 180, _latitude(y + 1, size), (x + 1) / size * 360 - 180, _latitude(y, size)


def cell_ranges(*, west: float, south: float, east: float, north: float, zoom: int) -> list[tuple[int, int]]:
    """Return the ranges [first, behind) of cells whose tiles of ``zoom`` touch a box, joined where they meet.

    Choose the zoom so that the box is a few tiles wide; each range is one condition of a query.
    """
    left, top = _tile(north, west, zoom)
    right, bottom = _tile(south, east, zoom)
    prefixes = sorted(tile_prefix(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))
    return list(_joined(cell_range(prefix, zoom) for prefix in prefixes))


def round_position(lat: float, lon: float) -> tuple[float, float]:
    """Return the centre of the square of about 110 m that holds a position, for what must not be shown exactly.

    Rounding a rounded position changes nothing.
    """
    return _rounded(lat), _rounded(lon)


def tile_prefix(x: int, y: int) -> int:
    """Return the Morton number of tile column ``x`` and row ``y``."""
    return _spread(x) | _spread(y) << 1


def _rounded(degree: float) -> float:
    # adding a millionth of a step keeps a value that was written with few decimals in its own square
    return round((floor(degree * _ROUND_STEPS + 1e-6) + 0.5) / _ROUND_STEPS, 4)


def _tile(lat: float, lon: float, zoom: int) -> tuple[int, int]:
    size = 1 << zoom
    bounded = max(-_MERCATOR_LIMIT, min(_MERCATOR_LIMIT, lat))
    x = floor((lon + 180) / 360 * size)
    y = floor((1 - asinh(tan(radians(bounded))) / pi) / 2 * size)
    return max(0, min(size - 1, x)), max(0, min(size - 1, y))


def _latitude(y: int, size: int) -> float:
    return degrees(atan(sinh(pi * (1 - 2 * y / size))))


def _spread(value: int) -> int:
    """Put a zero between each two bits of a number of up to 32 bits."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def _squeeze(value: int) -> int:
    """Take every second bit of a number: the reverse of spreading."""
    value &= 0x5555555555555555
    value = (value | value >> 1) & 0x3333333333333333
    value = (value | value >> 2) & 0x0F0F0F0F0F0F0F0F
    value = (value | value >> 4) & 0x00FF00FF00FF00FF
    value = (value | value >> 8) & 0x0000FFFF0000FFFF
    return (value | value >> 16) & 0x00000000FFFFFFFF


def _joined(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, behind = next(ranges)
    for low, high in ranges:
        if low == behind:
            behind = high
        else:
            yield first, behind
            first, behind = low, high
    yield first, behind
