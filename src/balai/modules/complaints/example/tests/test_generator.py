"""The year: the same again, inside the villages, spread as a city's year is spread."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely

from balai.foundation.calendar.rules import OFFICE_5, WorkCalendar, is_open
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.example.categories import category_list
from balai.modules.complaints.example.course import Office
from balai.modules.complaints.example.generator import CategoryFacts, Scene, make_stories
from balai.modules.complaints.example.story import Person, Story
from balai.modules.complaints.example.streets import VillageOutline

TODAY = date(2026, 11, 25)
SIZE = 3_000
DESK = "dinas-kominfo"


def _square(west: float, south: float) -> dict[str, object]:
    east, north = west + 0.012, south + 0.012
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture(scope="module")
def scene() -> Scene:
    listed = category_list()["categories"]
    slugs = sorted({entry["unit"] for entry in listed if entry["unit"]} | {"perumda-air-minum"})
    ids = {slug: number for number, slug in enumerate(slugs, start=1)}
    since = datetime(2025, 1, 1, tzinfo=UTC)
    gone = {"dinas-ketahanan-pangan-pertanian": datetime(2026, 6, 1, tzinfo=UTC)}
    return Scene(
        categories=tuple(
            CategoryFacts(
                id=number,
                slug=entry["slug"],
                kind=entry["kind"],
                unit_id=ids.get(entry["unit"]),
                needs_place=entry["needs_place"],
                sensitive=entry["sensitive"],
                questions=entry.get("questions", ()),
            )
            for number, entry in enumerate(listed, start=1)
        ),
        outlines=tuple(
            VillageOutline(
                id=number,
                code=f"35.73.01.{1000 + number}",
                name=f"Desa {number}",
                district_id=100,
                district_name="Blimbing",
                geometry=_square(112.6 + number * 0.012, -7.95),
            )
            for number in range(1, 7)
        ),
        offices={
            number: Office(
                unit_id=number,
                slug=slug,
                people=(Person(number, number, f"Petugas {slug}", "handler", since, gone.get(slug)),),
            )
            for slug, number in ids.items()
        },
        rules=(),
        central_desk_id=ids[DESK],
        calendar=WorkCalendar(week=OFFICE_5, closed_days=frozenset(), time_zone="Asia/Jakarta", version=1),
        today=TODAY,
    )


@pytest.fixture(scope="module")
def stories(scene: Scene) -> list[Story]:
    return make_stories(scene=scene, seed=1, size=SIZE)


def test_the_same_seed_and_day_tell_the_same_year(scene: Scene):
    assert make_stories(scene=scene, seed=5, size=300) == make_stories(scene=scene, seed=5, size=300)
    assert make_stories(scene=scene, seed=5, size=300) != make_stories(scene=scene, seed=6, size=300)


def test_everything_happens_within_the_year_and_in_order(scene: Scene, stories: list[Story]):
    for story in stories:
        moments = [story.received_at, *(step.at for step in story.steps)]
        assert moments == sorted(moments)
        assert scene.until - timedelta(days=366) < moments[0]
        assert moments[-1] < scene.until
        assert all(story.received_at <= moment < scene.until for moment in story.supports)


def test_texts_hardly_repeat(stories: list[Story]):
    assert len({story.text for story in stories}) > 0.97 * SIZE


def test_positions_lie_inside_their_village(scene: Scene, stories: list[Story]):
    shapes = {
        row.id: shapely.from_geojson(shapely.to_geojson(shapely.geometry.shape(row.geometry))) for row in scene.outlines
    }
    placed = [story for story in stories if story.spot is not None and story.spot.lat is not None]

    assert len(placed) > SIZE / 2
    assert all(shapely.contains_xy(shapes[story.spot.village_id], story.spot.lon, story.spot.lat) for story in placed)


def test_what_needs_a_place_has_one(scene: Scene, stories: list[Story]):
    needing = {row.slug for row in scene.categories if row.needs_place}

    assert all(story.spot is not None for story in stories if story.category in needing)


@pytest.mark.parametrize(("channel", "low", "high"), [("web", 0.5, 0.7), ("call", 0.1, 0.2), ("open311", 0.03, 0.07)])
def test_channels_are_mixed(stories: list[Story], channel: str, low: float, high: float):
    assert low < Counter(story.channel for story in stories)[channel] / SIZE < high


def test_counter_and_telephone_only_while_the_office_works(scene: Scene, stories: list[Story]):
    served = [story for story in stories if story.channel in ("counter", "call")]

    assert all(is_open(at=story.received_at, calendar=scene.calendar) for story in served)


def test_officers_work_in_working_hours_and_only_while_they_hold_the_post(scene: Scene, stories: list[Story]):
    steps = [step for story in stories for step in story.steps if step.by == "staff"]

    assert steps
    assert all(is_open(at=step.at, calendar=scene.calendar) for step in steps)
    assert all(step.person and step.person.since <= step.at for step in steps)
    assert all(step.person.until is None or step.at < step.person.until for step in steps if step.person)


def test_anonymous_reports_have_no_reporter_and_others_do(stories: list[Story]):
    assert all((story.reporter is None) == (story.privacy == "anonymous") for story in stories)


def test_floods_come_with_the_rain_and_admission_in_june(stories: list[Story]):
    floods = Counter(story.received_at.month for story in stories if story.category == "flood")
    schools = Counter(story.received_at.month for story in stories if story.category == "education")

    assert sum(floods[month] for month in (11, 12, 1, 2, 3)) > 0.7 * floods.total()
    assert sum(schools[month] for month in (6, 7)) > 0.35 * schools.total()


def test_a_neglected_agency_repeats_itself_and_a_good_one_does_not(scene: Scene, stories: list[Story]):
    def most_repeated(slug: str) -> float:
        unit = next(office.unit_id for office in scene.offices.values() if office.slug == slug)
        said = [s.text for story in stories if story.unit_id == unit for s in story.steps if s.change == "answer"]
        return max(Counter(said).values()) / len(said)

    assert most_repeated("dpmptsp") > 0.3
    assert most_repeated("dinas-lingkungan-hidup") < 0.05


def test_every_way_a_report_can_go_occurs(stories: list[Story]):
    seen = {step.change for story in stories for step in story.steps}

    assert {"verify", "start", "answer", "progress", "ask", "reply", "confirm", "reopen", "refuse", "merge"} <= seen
    assert {"withdraw", "extend", "note", "wait", "resume", "close", "take"} <= seen
    assert any(not story.steps for story in stories)


def test_mergers_point_at_earlier_reports_that_stand(stories: list[Story]):
    for story in stories:
        for step in story.steps:
            if step.target is not None:
                target = stories[step.target]
                assert target.category == story.category
                assert target.received_at < story.received_at
                assert not any(other.target is not None for other in target.steps)


def test_steps_are_named_as_the_kinds_name_them(stories: list[Story]):
    changes = {kind.slug: {change.name: change.who for change in kind.changes} for kind in KINDS}
    who = {"staff": "staff", "resident": "reporter", "system": "system"}

    assert all(changes[story.kind][step.change] == who[step.by] for story in stories for step in story.steps)
