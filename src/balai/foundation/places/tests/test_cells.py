"""Cells of the map, rounding, time zones."""

import itertools
from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.places.rules import (
    CELL_ZOOM,
    cell_bounds,
    cell_prefix,
    cell_range,
    cell_ranges,
    map_cell,
    round_position,
    time_zone_of,
)

LATITUDES, LONGITUDES, ZOOMS = st.floats(-84, 84), st.floats(-179.9, 179.9), st.integers(0, CELL_ZOOM)


@given(lat=LATITUDES, lon=LONGITUDES, zoom=ZOOMS)
def test_a_tile_holds_the_positions_of_its_cells(lat: float, lon: float, zoom: int) -> None:
    cell = map_cell(lat, lon)
    assert 0 <= cell < 1 << 40
    prefix = cell_prefix(cell, zoom)
    first, behind = cell_range(prefix, zoom)
    assert first <= cell < behind
    assert behind - first == 4 ** (CELL_ZOOM - zoom)
    west, south, east, north = cell_bounds(prefix, zoom)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(lat=LATITUDES, lon=LONGITUDES, zoom=st.integers(1, CELL_ZOOM))
def test_four_tiles_make_the_tile_above(lat: float, lon: float, zoom: int) -> None:
    above = cell_prefix(map_cell(lat, lon), zoom - 1)
    ranges = [cell_range(above * 4 + quarter, zoom) for quarter in range(4)]
    assert (ranges[0][0], ranges[3][1]) == cell_range(above, zoom - 1)
    assert all(left[1] == right[0] for left, right in itertools.pairwise(ranges))


@given(
    south=st.floats(-11, 5),
    west=st.floats(95, 140),
    height=st.floats(0, 0.3),
    width=st.floats(0, 0.3),
    up=st.floats(0, 1),
    right=st.floats(0, 1),
    zoom=st.integers(8, 13),
)
def test_the_ranges_of_a_box_hold_every_position_in_it(
    *, south: float, west: float, height: float, width: float, up: float, right: float, zoom: int
) -> None:
    ranges = cell_ranges(west=west, south=south, east=west + width, north=south + height, zoom=zoom)
    cell = map_cell(south + up * height, west + right * width)
    assert any(first <= cell < behind for first, behind in ranges)
    # joined: none touches the next
    assert all(left[1] < right[0] for left, right in itertools.pairwise(ranges))


def test_a_cell_is_as_wide_as_a_house_front() -> None:
    west, south, east, north = cell_bounds(map_cell(-7.98, 112.63))
    assert 36 < (east - west) * 111_320 * cos(radians(-7.98)) < 39
    assert 36 < (north - south) * 110_600 < 39


def test_a_known_tile() -> None:
    # zoom 20 over Malang's town hall, by the formula of the slippy map
    assert cell_prefix(map_cell(-7.9778, 112.6341), 10) == int("".join("1" if c else "0" for c in _bits(832, 534)), 2)


def _bits(x: int, y: int) -> list[int]:
    return [bit for place in range(9, -1, -1) for bit in (y >> place & 1, x >> place & 1)]


@given(lat=st.floats(-11, 6), lon=st.floats(95, 141))
def test_rounding_blurs_by_at_most_eighty_metres_and_only_once(lat: float, lon: float) -> None:
    shown = round_position(lat, lon)
    assert round_position(*shown) == shown
    assert hypot((shown[0] - lat) * 110_600, (shown[1] - lon) * 111_320) <= 80


def test_neighbours_share_their_rounded_position() -> None:
    assert round_position(-7.97701, 112.63401) == round_position(-7.97789, 112.63499) == (-7.9775, 112.6345)


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("11.71", "Asia/Jakarta"),
        ("14.71", "Asia/Jakarta"),
        ("31.71", "Asia/Jakarta"),
        ("35.73", "Asia/Jakarta"),
        ("61.71", "Asia/Jakarta"),
        ("62.71", "Asia/Jakarta"),
        ("51.71", "Asia/Makassar"),
        ("63.71", "Asia/Makassar"),
        ("64.71", "Asia/Makassar"),
        ("65.71", "Asia/Makassar"),
        ("73.71", "Asia/Makassar"),
        ("81.71", "Asia/Jayapura"),
        ("91.71", "Asia/Jayapura"),
        ("96.71", "Asia/Jayapura"),
    ],
)
def test_a_city_keeps_the_zone_of_its_province(code: str, zone: str) -> None:
    assert time_zone_of(code=code) == zone
