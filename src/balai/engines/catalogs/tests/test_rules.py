"""Completeness, life and content of records."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.engines.catalogs.rules import (
    LIFE,
    BadContent,
    Component,
    RecordKind,
    Span,
    changed_components,
    clean_content,
    completeness,
    followed_by,
    may_become,
    required_gaps,
    term_of,
)
from balai.foundation.calendar.rules import Term

KIND = RecordKind(
    slug="thing",
    label_id="Barang",
    label_en="Thing",
    components=(
        Component(slug="needs", label_id="Syarat", label_en="Needs", kind="list"),
        Component(slug="time", label_id="Waktu", label_en="Time", kind="term"),
        Component(slug="fee", label_id="Biaya", label_en="Fee", kind="fee"),
        Component(slug="note", label_id="Catatan", label_en="Note", required=False),
    ),
)
GOOD = {
    "needs": ["KTP", "  KK  ", ""],
    "time": {"amount": 3, "unit": "working_days"},
    "fee": {"free": True},
    "note": " baik \n sekali ",
}


def test_what_is_kept_is_tidy() -> None:
    kept, bad = clean_content(kind=KIND, raw=GOOD)
    assert bad == ()
    assert kept == {
        "needs": ["KTP", "KK"],
        "time": {"amount": 3, "unit": "working_days"},
        "fee": {"free": True},
        "note": "baik\nsekali",
    }
    assert clean_content(kind=KIND, raw=kept) == (kept, ())
    assert completeness(kind=KIND, content=kept).share == 1


@pytest.mark.parametrize(
    ("raw", "bad"),
    [
        ({"needs": "KTP"}, BadContent("needs", "shape")),
        ({"needs": ["x" * 601]}, BadContent("needs", "too_long")),
        ({"needs": ["x"] * 61}, BadContent("needs", "too_many")),
        ({"time": {"amount": 3, "unit": "moons"}}, BadContent("time", "not_a_term")),
        ({"time": {"amount": 0, "unit": "minutes"}}, BadContent("time", "not_a_term")),
        ({"time": {"amount": 5, "most": 3, "unit": "minutes"}}, BadContent("time", "not_a_term")),
        ({"time": {"amount": "x", "unit": "minutes"}}, BadContent("time", "not_a_term")),
        ({"fee": {"lines": [{"label": "x", "amount_idr": -1}]}}, BadContent("fee", "not_an_amount")),
        ({"fee": {"lines": [{"label": "x", "amount_idr": True}]}}, BadContent("fee", "not_an_amount")),
        ({"fee": {"lines": ["x"]}}, BadContent("fee", "not_an_amount")),
        ({"note": "a\x00b"}, BadContent("note", "shape")),
        ({"other": "x"}, BadContent("other", "unknown")),
    ],
)
def test_what_cannot_be_kept_is_named(raw: dict[str, object], bad: BadContent) -> None:
    kept, found = clean_content(kind=KIND, raw=raw)
    assert found == (bad,)
    assert bad.component not in kept


def test_a_gap_keeps_a_version_from_going_live() -> None:
    kept, _bad = clean_content(kind=KIND, raw={**GOOD, "needs": [" "], "note": ""})
    assert required_gaps(kind=KIND, content=kept) == ("needs",)
    assert completeness(kind=KIND, content=kept).missing == ("needs", "note")


def test_a_range_promises_its_end_and_words_promise_no_clock() -> None:
    assert term_of({"amount": 3, "most": 25, "unit": "working_days"}) == Term(amount=25, unit="working_days")
    assert term_of({"words": "sesuai durasi"}) is None
    assert term_of(None) is None


def test_every_state_is_known_and_what_was_published_only_ends() -> None:
    assert {target for targets in LIFE.values() for target in targets} <= set(LIFE)
    assert LIFE["published"] == {"retired"}
    assert not may_become(state="draft", target="decreed", kind=KIND, has_minutes=False)
    assert may_become(state="consultation", target="decreed", kind=KIND, has_minutes=True)
    assert not may_become(state="draft", target="published", kind=KIND, has_minutes=True)


def test_differences_follow_the_kinds_order() -> None:
    assert changed_components(kind=KIND, before={"note": "a"}, after={"needs": ["x"], "note": "b"}) == ("needs", "note")


@given(first=st.dates(), second=st.dates(), day=st.dates())
def test_no_day_has_two_versions(first: date, second: date, day: date) -> None:
    running = Span(first)
    if second <= first:
        with pytest.raises(ValueError, match="begins after"):
            followed_by(running=running, since=second)
        return
    ended = followed_by(running=running, since=second)
    assert ended is not None
    assert not (ended.covers(day) and Span(second).covers(day))
    assert ended.covers(day) or Span(second).covers(day) or day < first
