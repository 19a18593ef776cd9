"""The map: every public matter in exactly one cluster, at any zoom."""

import random
from typing import Any

import pytest

from balai.engines.cases.models import Case
from balai.foundation.places.rules import map_cell
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.complaints.queries.map import MOST_CLUSTERS, clusters
from balai.modules.complaints.queries.public import PublicFilter, filtered
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA, MORNING, SmallCity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "city")]
LAT, LON = IN_BARAT_DAYA
COUNT = 300


@pytest.fixture
def scattered(city: SmallCity) -> list[tuple[float, float]]:
    """Store matters at random places about the city; some at the same place, some secret, some without a place."""
    assert city.city.name
    chance = random.Random(11)
    made = submit_report(
        submission=Submission(
            text="Jalan rusak.", category="road", channel="web", privacy="anonymous", lat=LAT, lon=LON
        ),
        at=MORNING,
    ).case
    places = [(LAT + chance.uniform(-0.2, 0.2), LON + chance.uniform(-0.2, 0.2)) for _ in range(COUNT)]
    places += places[:20]
    rows = []
    for number, (lat, lon) in enumerate([*places, (LAT, LON), (LAT, LON)]):
        row = Case.objects.get(pk=made.pk)
        row.pk, row.reference, row.submission_key = None, f"26-{number:04d}-XXXX", None
        row.public_lat, row.public_lon, row.map_cell = lat, lon, map_cell(lat, lon)
        rows.append(row)
    for without in rows[-2:]:
        without.public_lat = without.public_lon = without.map_cell = None
    # a secret matter cannot even be stored with a public place
    rows[-1].privacy = "secret"
    Case.objects.bulk_create(rows)
    return [*places, (made.public_lat, made.public_lon)]


@pytest.mark.parametrize("zoom", [0, 3, 6, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
def test_every_public_matter_is_counted_once(scattered: list[tuple[float, float]], zoom: int) -> None:
    box = (LON - 0.21, LAT - 0.21, LON + 0.21, LAT + 0.21)
    found = clusters(wanted=PublicFilter(), box=box, zoom=zoom, at=MORNING)
    assert sum(row[2] for row in found) == len(scattered)
    assert len(found) <= MOST_CLUSTERS


@pytest.mark.parametrize("zoom", [10, 13, 15, 18])
def test_a_smaller_box_holds_all_that_lies_in_it(scattered: list[tuple[float, float]], zoom: int) -> None:
    west, south, east, north = LON - 0.05, LAT - 0.07, LON + 0.06, LAT + 0.04
    inside = [place for place in scattered if south <= place[0] <= north and west <= place[1] <= east]
    found = clusters(wanted=PublicFilter(), box=(west, south, east, north), zoom=zoom, at=MORNING)
    assert inside
    assert len(inside) <= sum(row[2] for row in found) <= len(scattered)


def test_one_alone_is_named_and_several_are_not(scattered: list[tuple[float, float]]) -> None:
    box = (LON - 0.21, LAT - 0.21, LON + 0.21, LAT + 0.21)
    for _lat, _lon, count, reference, title in clusters(wanted=PublicFilter(), box=box, zoom=12, at=MORNING):
        assert bool(reference) is bool(title) is (count == 1)


def test_a_map_costs_at_most_two_statements(
    scattered: list[tuple[float, float]], django_assert_max_num_queries: Any
) -> None:
    assert scattered
    box = (LON - 0.21, LAT - 0.21, LON + 0.21, LAT + 0.21)
    for zoom in (5, 12, 16):
        with django_assert_max_num_queries(2):
            clusters(wanted=PublicFilter(), box=box, zoom=zoom, at=MORNING)


@pytest.mark.parametrize("wanted", [{"category": "road"}, {"category": "lamp"}, {"state": "open"}])
def test_a_filter_narrows_the_map_as_it_narrows_the_list(
    scattered: list[tuple[float, float]], wanted: dict[str, str]
) -> None:
    box = (LON - 0.21, LAT - 0.21, LON + 0.21, LAT + 0.21)
    narrowed = PublicFilter(**wanted)
    found = clusters(wanted=narrowed, box=box, zoom=12, at=MORNING)
    assert scattered
    assert sum(row[2] for row in found) == filtered(narrowed, at=MORNING).filter(map_cell__isnull=False).count()
