"""The whole example in a database: every row as the engine's law has it."""

import random
from collections import Counter
from datetime import UTC, date, datetime, time

import pytest
from django.conf import settings
from django.db.models import F

from balai.engines.cases.models import Case, Category, Clock, Entry, MonthTotal, RegisterCounter, Support
from balai.engines.cases.rules.references import is_reference
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.examples.contributions import NotEmpty
from balai.foundation.files.models import Attachment
from balai.foundation.identity.rules import mask_personal_data
from balai.foundation.places.example import load_city
from balai.foundation.places.models import City
from balai.foundation.places.queries import current_city, locator
from balai.foundation.places.rules import OutsideCity
from balai.foundation.units.example import load_people
from balai.foundation.units.models import Post, Unit
from balai.foundation.units.queries import neglect
from balai.modules.complaints.example.categories import category_list, category_rows, load_categories
from balai.modules.complaints.example.load import load, sign_ins
from balai.modules.complaints.models import Rule

TODAY = date(2026, 11, 25)
SIZE = 700
END = datetime.combine(TODAY, time(0), tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


@pytest.fixture(scope="module")
def example(django_db_setup, django_db_blocker, tmp_path_factory):  # type: ignore[no-untyped-def]
    """The example once for this file, taken back afterwards."""
    from django.db import transaction
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("files")
    storages = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
    }
    with django_db_blocker.unblock(), override_settings(STORAGES=storages):
        atomic = transaction.atomic()
        atomic.__enter__()
        for part in (load_city, load_people, load_categories, load):
            part(seed=1, today=TODAY, size=SIZE, progress=_quiet)
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def test_the_city_says_that_it_is_an_example(example):  # type: ignore[no-untyped-def]
    city = City.objects.get()

    assert city.is_example
    assert city.contact_email.endswith(".example")


def test_there_are_as_many_reports_as_asked_none_after_the_day(example):  # type: ignore[no-untyped-def]
    assert Case.objects.count() == SIZE
    assert not Case.objects.filter(updated_at__gte=END).exists()
    assert not Event.objects.filter(at__gte=END).exists()


def test_every_link_of_the_record_holds(example):  # type: ignore[no-untyped-def]
    assert find_break() is None


def test_references_are_well_formed_and_register_numbers_without_gaps(example):  # type: ignore[no-untyped-def]
    assert all(is_reference(reference) for reference in Case.objects.values_list("reference", flat=True))
    for counter in RegisterCounter.objects.select_related("unit"):
        ending = f"/{counter.unit.slug.upper()}/{counter.year}"
        numbers = Case.objects.filter(register_number__endswith=ending).values_list("register_number", flat=True)
        assert sorted(int(number.split("/")[0]) for number in numbers) == list(range(1, counter.value + 1))


def test_positions_are_in_the_village_that_the_city_would_find(example):  # type: ignore[no-untyped-def]
    found = locator(current_city())
    placed = list(Case.objects.filter(lat__isnull=False).values_list("lat", "lon", "village_id", "district_id"))
    wrong = 0
    for lat, lon, village, district in placed:
        try:
            place = found.locate(lat=lat, lon=lon)
        except OutsideCity:
            wrong += 1
        else:
            wrong += (place.village_id, place.district_id) != (village, district)

    assert placed
    assert wrong == 0


def test_no_words_hold_numbers_or_addresses_of_people(example):  # type: ignore[no-untyped-def]
    words = [*Case.objects.values_list("text", flat=True), *Entry.objects.values_list("text", flat=True)]

    assert [text for text in words if mask_personal_data(text) != text or "@" in text] == []


def test_open_reports_have_running_clocks_and_no_rung_is_left_behind(example):  # type: ignore[no-untyped-def]
    midnight = datetime(2026, 11, 24, 17, tzinfo=UTC)  # in Malang

    assert not Clock.objects.filter(next_step_at__lt=midnight).exists()
    assert not Clock.objects.filter(case__is_open=False, stopped_at__isnull=True).exists()
    assert Case.objects.filter(is_open=True, on_time=False, escalation_level__gte=1).exists()


def test_supporters_are_counted_from_rows(example):  # type: ignore[no-untyped-def]
    assert Support.objects.exists()
    counted = Counter(Support.objects.values_list("case_id", flat=True))
    assert counted == dict(Case.objects.filter(support_count__gt=0).values_list("pk", "support_count"))


def test_merged_reports_point_at_others_of_the_same_thing(example):  # type: ignore[no-untyped-def]
    merged = Case.objects.filter(state_class="merged")

    assert merged.exists()
    assert not merged.exclude(merged_into__category=F("category")).exists()
    assert not merged.filter(merged_into__state_class="merged").exists()


def test_secret_reports_show_neither_place_nor_drawing(example):  # type: ignore[no-untyped-def]
    secret = list(Case.objects.filter(privacy="secret").values_list("pk", flat=True))

    assert secret
    assert not Case.objects.filter(privacy="secret", public_lat__isnull=False).exists()
    assert not Attachment.objects.filter(owner_kind="case", owner_id__in=secret, public=True).exists()


def test_drawings_are_ready_and_shared(example):  # type: ignore[no-untyped-def]
    assert Attachment.objects.filter(state="ready", purpose="photo").exists()
    assert Attachment.objects.values("stored").distinct().count() <= 20
    assert all(name.startswith("contoh/") for name in Attachment.objects.values_list("stored", flat=True))


def test_totals_fit_the_reports(example):  # type: ignore[no-untyped-def]
    received = MonthTotal.objects.filter(dimension="all").values_list("received", flat=True)

    assert 0 < sum(received) <= SIZE


def test_some_posts_are_empty_and_some_people_absent(example):  # type: ignore[no-untyped-def]
    alarms = Counter(alarm.code for alarm in neglect(at=END))

    assert alarms["no_holder"] == 6
    assert alarms["silent"] == 4
    assert alarms["no_deputy"] == 0
    assert Post.objects.count() > 60


def test_categories_go_to_agencies_that_exist(example):  # type: ignore[no-untyped-def]
    wanted = {entry["slug"]: entry["unit"] for entry in category_list()["categories"]}
    found = dict(Category.objects.values_list("slug", "unit__slug"))

    assert {slug: unit or None for slug, unit in wanted.items()} == found
    assert Rule.objects.filter(rule_set__active=True).count() >= 9
    assert all(row.icon and row.keywords and row.description_en for row in category_rows())


def test_reports_can_be_opened_as_their_reporter(example):  # type: ignore[no-untyped-def]
    assert all(is_reference(row.email) for row in sign_ins())


@pytest.mark.parametrize("part", [load_city, load_people, load_categories, load])
def test_the_example_never_mixes_with_what_is_there(example, part):  # type: ignore[no-untyped-def]
    before = (Unit.objects.count(), Case.objects.count())

    with pytest.raises(NotEmpty):
        part(seed=random.randrange(9), today=TODAY, size=SIZE, progress=_quiet)
    assert (Unit.objects.count(), Case.objects.count()) == before
