"""Dates, numbers and names in the language of the page and the zone of the city."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from balai.foundation.web import words
from balai.foundation.web.templatetags import balai as tags

FRIDAY = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("id", "Asia/Jakarta", "Jumat, 27 November 2026 pukul 14.30 WIB"),
        ("id", "Asia/Makassar", "Jumat, 27 November 2026 pukul 15.30 WITA"),
        ("id", "Asia/Jayapura", "Jumat, 27 November 2026 pukul 16.30 WIT"),
        ("en", "Asia/Jakarta", "Friday, 27 November 2026, 14:30 WIB"),
    ],
)
def test_a_moment_is_written_in_full_in_the_citys_zone(language: str, zone: str, text: str) -> None:
    with translation.override(language), timezone.override(zone):
        assert tags.when(FRIDAY) == text


def test_a_day_is_the_day_of_the_city() -> None:
    with translation.override("id"), timezone.override("Asia/Jakarta"):
        assert tags.day(datetime(2026, 11, 26, 20, 0, tzinfo=UTC)) == "Jumat, 27 November 2026"
        assert tags.day(date(2026, 11, 27)) == "Jumat, 27 November 2026"
        assert tags.shortday(date(2026, 8, 17)) == "17 Agu 2026"
        assert tags.month(date(2026, 8, 17)) == "Agustus 2026"


@pytest.mark.parametrize(
    ("before", "indonesian", "english"),
    [
        (timedelta(seconds=20), "baru saja", "just now"),
        (timedelta(minutes=5), "5 menit lalu", "5 minutes ago"),
        (timedelta(hours=1), "1 jam lalu", "1 hour ago"),
        (timedelta(hours=30), "kemarin", "yesterday"),
        (timedelta(days=3), "3 hari lalu", "3 days ago"),
        (timedelta(days=60), "28 Sep 2026", "28 Sep 2026"),
    ],
)
def test_the_past_is_told_in_nights(before: timedelta, indonesian: str, english: str) -> None:
    with time_machine.travel(FRIDAY, tick=False), timezone.override("Asia/Jakarta"):
        with translation.override("id"):
            assert tags.ago(FRIDAY - before) == indonesian
        with translation.override("en"):
            assert tags.ago(FRIDAY - before) == english


@pytest.mark.parametrize(
    ("after", "indonesian", "english"),
    [
        (timedelta(days=3), "3 hari lagi", "3 days left"),
        (timedelta(hours=5, minutes=10), "5 jam lagi", "5 hours left"),
        (timedelta(seconds=10), "1 menit lagi", "1 minute left"),
        (-timedelta(days=3), "Lewat janji 3 hari", "3 days past the promise"),
        (-timedelta(hours=2), "Lewat janji 2 jam", "2 hours past the promise"),
    ],
)
def test_a_promise_is_told_before_and_after(after: timedelta, indonesian: str, english: str) -> None:
    with time_machine.travel(FRIDAY, tick=False), timezone.override("Asia/Jakarta"):
        with translation.override("id"):
            assert tags.due(FRIDAY + after) == indonesian
        with translation.override("en"):
            assert tags.due(FRIDAY + after) == english


def test_a_term_that_ends_at_midnight_ends_the_evening_before() -> None:
    # 00.00 of Wednesday in Jakarta
    midnight = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    with translation.override("id"):
        assert tags.until(midnight) == "Selasa, 1 Desember 2026 pukul 23.59 WIB"
        assert tags.until(midnight + timedelta(minutes=1)) == "Rabu, 2 Desember 2026 pukul 00.01 WIB"
        assert tags.until(None) == "–"


def test_numbers_follow_the_language() -> None:
    with translation.override("id"):
        assert tags.number(1250000) == "1.250.000"
        assert tags.number(1234.5) == "1.234,5"
        assert tags.rupiah(Decimal(1250000)) == "Rp1.250.000"
        assert tags.rupiah(-5000) == "-Rp5.000"
    with translation.override("en"):
        assert tags.number(1234.5) == "1,234.5"
        assert tags.rupiah(1250000) == "Rp1,250,000"


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.001, "<1%"), (0.834, "83%"), (0.999, ">99%"), (1, "100%"), (None, "–")]
)
def test_per_cent_never_rounds_to_a_false_all_or_nothing(share: float | None, text: str) -> None:
    assert tags.percent(share) == text


def test_nothing_is_a_dash() -> None:
    assert {tags.when(None), tags.day(None), tags.ago(None), tags.due(None), tags.number(None)} == {"–"}


def test_names_follow_the_language_and_fall_back_to_indonesian() -> None:
    road = SimpleNamespace(name_id="Jalan rusak", name_en="Road damage")
    with translation.override("en"):
        assert tags.named(road) == "Road damage"
        assert tags.named(SimpleNamespace(name_id="Sampah", name_en="")) == "Sampah"
        assert tags.named({"name": "Klojen"}) == "Klojen"
    with translation.override("id"):
        assert tags.named(road) == "Jalan rusak"


def test_an_address_keeps_its_other_parameters() -> None:
    template = engines["django"].from_string("{% query_with page=2 late='' %}")
    request = RequestFactory().get("/", {"category": ["1", "2"], "late": "1", "page": "7"})
    assert template.render({"request": request}, request) == "?category=1&amp;category=2&amp;page=2"


def test_span_counts_in_its_largest_unit() -> None:
    with translation.override("id"):
        assert words.span(timedelta(days=2, hours=5)) == "2 hari"
        assert words.span(timedelta(minutes=90)) == "1 jam"
