"""Positions and villages, held against a plain scan over all outlines."""

from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.ops import nearest_points

from balai.foundation.places.rules import (
    GAP_METRES,
    BadCoordinates,
    Locator,
    OutsideCity,
    Place,
    Village,
    metres_per_degree,
)
from balai.foundation.places.tests.cities import OTHER_CITIES, STEP, villages_of_city

CITIES = ("squares", "35.73", *OTHER_CITIES)
WEST, SOUTH = 112.6, -7.98


@cache
def city(code: str) -> tuple[Locator, list[Village]]:
    villages = villages_of_city(code)
    return Locator(villages), villages


def scan(villages: list[Village], lat: float, lon: float) -> Village | None:
    """Return the first village, in order of codes, whose outline has the point."""
    point = shapely.Point(lon, lat)
    return next((village for village in villages if village.outline.intersects(point)), None)


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the distance on a sphere of the Earth's mean radius."""
    half = (
        sin(radians(other_lat - lat) / 2) ** 2
        + cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ** 2
    )
    return 2 * 6_371_008.8 * asin(sqrt(half))


def distance(village: Village, lat: float, lon: float) -> float:
    there, _ = nearest_points(village.outline, shapely.Point(lon, lat))
    return metres_between(lat, lon, there.y, there.x)


def locate(locator: Locator, lat: float, lon: float) -> Place | OutsideCity:
    try:
        return locator.locate(lat=lat, lon=lon)
    except OutsideCity as outside:
        return outside


@pytest.mark.parametrize("code", CITIES)
@given(across=st.floats(-0.05, 1.05), up=st.floats(-0.05, 1.05))
def test_the_locator_agrees_with_a_plain_scan(code: str, across: float, up: float) -> None:
    locator, villages = city(code)
    west, south, east, north = locator.bounds
    lat, lon = south + up * (north - south), west + across * (east - west)
    found, wanted = locate(locator, lat, lon), scan(villages, lat, lon)
    if wanted is not None:
        assert found == Place(
            village_code=wanted.code,
            village_id=wanted.id,
            district_code=wanted.district_code,
            district_id=wanted.district_id,
        )
        return
    nearest = min(distance(village, lat, lon) for village in villages)
    assert found.distance_m == pytest.approx(nearest, rel=0.02, abs=1)
    if abs(nearest - GAP_METRES) > 3:
        assert isinstance(found, Place) == (nearest < GAP_METRES)


@pytest.mark.parametrize("code", CITIES)
def test_corners_of_outlines_belong_to_the_smallest_code(code: str) -> None:
    locator, villages = city(code)
    for village in villages:
        for lon, lat in shapely.get_coordinates(village.outline)[::7]:
            wanted = scan(villages, lat, lon)
            assert wanted is not None
            assert locator.locate(lat=lat, lon=lon).village_code == wanted.code


def test_an_overlap_belongs_to_the_smaller_code_and_a_gap_to_the_nearest() -> None:
    locator, _ = city("squares")
    assert locator.locate(lat=SOUTH + 0.95 * STEP, lon=WEST + 1.5 * STEP).village_code == "35.73.02.1001"
    in_gap = locator.locate(lat=SOUTH + 0.5 * STEP, lon=WEST + 1.002 * STEP)
    assert in_gap.village_code == "35.73.01.1002"
    assert in_gap.distance_m == pytest.approx(2.2, abs=0.1)


def test_outside_one_learns_how_far_and_whose_neighbour() -> None:
    locator, _ = city("squares")
    with pytest.raises(OutsideCity) as outside:
        locator.locate(lat=SOUTH + 0.5 * STEP, lon=WEST - STEP)
    assert outside.value.nearest_name == "Barat Daya"
    assert outside.value.distance_m == pytest.approx(1102, abs=5)
    assert locator.locate(lat=SOUTH + 0.5 * STEP, lon=WEST - 0.0009).distance_m == pytest.approx(99.2, abs=0.5)


@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [
        (float("nan"), 112.63, "not_a_number"),
        (-7.98, float("inf"), "not_a_number"),
        (float("-inf"), float("nan"), "not_a_number"),
        ("-7.98", 112.63, "not_a_number"),
        (None, 112.63, "not_a_number"),
        (-7.98, None, "not_a_number"),
        (0, 0, "zero"),
        (0.0, -0.0, "zero"),
        (112.63, -7.98, "swapped"),
        (112.9, -8.2, "swapped"),
        (200.0, 112.63, "out_of_range"),
        (-7.98, 181.0, "out_of_range"),
        (1e308, 1e308, "out_of_range"),
        (140.7, -2.5, "out_of_range"),
    ],
)
def test_numbers_that_are_no_position(lat: Any, lon: Any, reason: str) -> None:
    locator, _ = city("35.73")
    with pytest.raises(BadCoordinates) as bad:
        locator.locate(lat=lat, lon=lon)
    assert bad.value.reason == reason


@given(lat=st.floats(allow_nan=True, allow_infinity=True), lon=st.floats(allow_nan=True, allow_infinity=True))
def test_any_pair_of_numbers_is_found_outside_or_refused(lat: float, lon: float) -> None:
    locator, _ = city("35.73")
    try:
        found = locator.locate(lat=lat, lon=lon)
    except (OutsideCity, BadCoordinates):
        return
    assert found.village_code.startswith("35.73.")


def test_a_city_at_the_equator_takes_zero_latitude() -> None:
    locator, villages = city("61.71")
    assert locator.locate(lat=0.0, lon=109.33).village_code == getattr(scan(villages, 0.0, 109.33), "code", "")


def test_a_locator_needs_villages() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Locator([])


@pytest.mark.parametrize("lat", [-11.0, -7.98, 0.0, 6.0])
def test_degrees_have_their_length_on_the_ellipsoid(lat: float) -> None:
    north, east = metres_per_degree(lat=lat)
    assert north == pytest.approx(110_574 + 1_116 * sin(radians(lat)) ** 2, abs=3)
    assert east == pytest.approx(111_320 * cos(radians(lat)), rel=0.001)


@given(lat=st.floats(-9.0, -6.5), lon=st.floats(111.5, 113.5))
def test_what_is_beyond_is_outside(lat: float, lon: float) -> None:
    squares = city("squares")[0]
    if squares.is_beyond(lat=lat, lon=lon):
        with pytest.raises(OutsideCity):
            squares.locate(lat=lat, lon=lon)


def test_the_edge_of_the_gap_is_not_beyond() -> None:
    squares = city("squares")[0]
    west, south, east, north = squares.bounds
    for lat, lon in ((south, west), (north, east), (south - 0.0008, west), (north, east + 0.0008)):
        assert not squares.is_beyond(lat=lat, lon=lon)
    with pytest.raises(BadCoordinates):
        squares.is_beyond(lat=float("nan"), lon=west)
