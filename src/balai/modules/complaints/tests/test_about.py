"""A report can be about something that another room keeps; the room names it, and its agency answers for it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from balai.engines.cases.contributions import SubjectFound, SubjectOffer
from balai.engines.cases.models import Case
from balai.engines.cases.queries import public_cases, subjects
from balai.engines.cases.queries.subjects import is_about, subject_of
from balai.engines.catalogs.models import Record
from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.units.models import Unit
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.complaints.queries.links import links_of
from balai.modules.complaints.queries.public import PublicFilter, filtered
from balai.modules.complaints.tests.residents import send
from balai.modules.complaints.tests.small_city import SmallCity

pytestmark = pytest.mark.django_db
ABOUT = "park:taman-kota"


@pytest.fixture
def park(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> Unit:
    """Let a room keep one park, for which the agency of works answers."""
    unit = city.works

    def find(slug: str) -> SubjectFound | None:
        park = SubjectFound(name_id="Taman Kota", name_en="City park", url="/parks/taman-kota/", unit_id=unit.pk)
        return park if slug == "taman-kota" else None

    monkeypatch.setattr(subjects, "contributions", lambda _kind: [SubjectOffer(kind="park", find=find)])
    return unit


def test_what_nobody_keeps_is_nothing(park: Unit) -> None:
    assert subject_of(ABOUT) is not None
    for nothing in ("", "park", ":", "park:", ":taman-kota", "park:lain", "zoo:taman-kota", "x" * 200):
        assert subject_of(nothing) is None


def report(**more: Any) -> Case:
    facts = {"text": "Bangku taman rusak.", "category": "service", "channel": "web", "privacy": "anonymous"}
    return submit_report(submission=Submission(**{**facts, **more}), at=clock.now()).case


def test_a_report_keeps_what_it_is_about_and_goes_to_whom_it_belongs(city: SmallCity, park: Unit, now: Any) -> None:
    plain = report()
    assert (plain.about, plain.unit, plain.routed_by) == ("", city.desk, "central")
    case = report(about=ABOUT)
    assert (case.about, case.unit, case.routed_by) == (ABOUT, park, "subject")
    assert Event.objects.get(stream=f"case:{case.reference}", seq=1).data["about"] == ABOUT
    # gone meanwhile, or made up: the report counts, without it
    assert report(about="park:lain").about == ""


def test_a_rule_of_the_city_comes_first(city: SmallCity, park: Unit, now: Any) -> None:
    road = report(about=ABOUT, category="road", village_id=next(iter(city.villages.values())).pk)
    assert (road.about, road.routed_by) == (ABOUT, "category")


def test_the_pages_say_what_it_is_about(english: Client, city: SmallCity, park: Unit, now: Any) -> None:
    form = english.get("/complaints/new/", {"about": ABOUT}).content.decode()
    assert "City park" in form
    assert f'name="about" value="{ABOUT}"' in form
    assert "City park" not in english.get("/complaints/new/", {"about": "park:lain"}).content.decode()
    told = english.post(
        reverse("complaints:promise"), {"about": ABOUT, "category": "service", "text": "Rusak.", "privacy": "anonymous"}
    )
    assert "City park" in told.content.decode()
    case, other = report(about=ABOUT), report(text="Lampu padam di gang.")
    page = english.get(reverse("complaints:case", args=[case.reference])).content.decode()
    assert '<a href="/parks/taman-kota/">City park</a>' in page
    listed = english.get(reverse("complaints:list"), {"about": ABOUT}).content.decode()
    assert case.reference in listed
    assert other.reference not in listed
    assert "City park" in listed


def test_the_longest_name_of_a_thing_still_narrows_the_list() -> None:
    longest = f"{'k' * Record._meta.get_field('kind').max_length}:{'s' * Record._meta.get_field('slug').max_length}"  # type: ignore[operator]
    assert len(longest) <= Case._meta.get_field("about").max_length  # type: ignore[operator]
    assert PublicFilter.read({"about": longest}).about == longest


def test_the_page_of_the_sender_says_it_too(english: Client, city: SmallCity, park: Unit, now: Any) -> None:
    case = send(english, now, category="service", about=ABOUT)
    page = english.get(reverse("complaints:conversation", args=[case.reference])).content.decode()
    assert '<a href="/parks/taman-kota/">City park</a>' in page
    assert case.category.name_en in page


def test_a_record_leads_to_a_report_and_to_those_of_others(
    english: Client, city: SmallCity, park: Unit, now: Any
) -> None:
    record = Record.objects.create(
        kind="park", slug="taman-kota", unit=park, name_id="Taman Kota", created_at=clock.now()
    )
    asked = "about=park%3Ataman-kota"
    assert [link.address for link in links_of(record)] == [f"{reverse('complaints:new')}?{asked}"]
    report(about=ABOUT)
    report(about=ABOUT, privacy="secret", text="Petugas minta uang.")
    with override("id"):
        # what is secret is not counted in public
        assert [link.words for link in links_of(record)] == ["Laporkan masalahnya", "1 laporan tentang ini"]
    record.slug = "lain"
    assert links_of(record) == []


def test_what_is_about_something_is_found_through_its_index(now: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # it would read a table without rows whole
            cursor.execute("SET LOCAL enable_seqscan = off")
    for rows in (public_cases().filter(is_about(ABOUT)), filtered(PublicFilter(about=ABOUT), at=clock.now())):
        assert "cases_about" in rows.explain()
