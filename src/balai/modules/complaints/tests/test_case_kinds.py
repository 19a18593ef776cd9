"""The four kinds, and how their matters evolve. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balai.engines.cases.rules.evolution import ChangeRefused, Given, Matter, climb, evolve, receive
from balai.engines.cases.rules.kinds import END_CLASSES, kind_from_json, kind_problems, kind_to_json
from balai.foundation.calendar.rules import WorkCalendar
from balai.modules.complaints.case_kinds import COMPLAINT, INFORMATION, KINDS, OVERSIGHT

OFFICE = (*(((450, 960),),) * 4, ((450, 990),), (), ())
CALENDAR = WorkCalendar(
    week=OFFICE,
    # Nyepi and Idulfitri 2026 with their collective leave, SKB 3 Menteri for 2026
    closed_days=frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24)),
    time_zone="Asia/Jakarta",
    version=1,
)
MONDAY = datetime(2026, 3, 9, 3, 0, tzinfo=UTC)  # 10.00 WIB
WORDS = Given(text="sudah diperbaiki", reason="x", basis="UU 25/2009", unit_id=2, target_id=9, assignee_id=5, rating=4)


def received(kind=COMPLAINT, at=MONDAY) -> Matter:
    return receive(kind=kind, unit_id=1, is_central_desk=False, received_at=at, calendar=CALENDAR)


def after(matter: Matter, name: str, at: datetime, given: Given = WORDS, kind=COMPLAINT) -> Matter:
    return evolve(matter=matter, kind=kind, change=kind.change(name), given=given, at=at, calendar=CALENDAR)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_kind_is_whole(kind):
    assert kind_problems(kind) == []
    assert kind_from_json(kind_to_json(kind)) == kind


def test_a_kind_with_a_dead_end_and_an_unknown_clock_is_named():
    broken = replace(
        COMPLAINT,
        changes=tuple(
            replace(change, sources=tuple(slug for slug in change.sources if slug != "waiting_outside"))
            for change in COMPLAINT.changes
        ),
    )
    assert kind_problems(broken) == ["waiting_outside is a dead end"]
    wrong = replace(COMPLAINT, main_clock="nothing")
    assert kind_problems(wrong) == ["main clock nothing is not a clock"]


@pytest.mark.parametrize(
    ("kind", "days_later"),
    [
        # 14 working days from Monday 9 March over Nyepi and Lebaran: Friday 3 April
        (COMPLAINT, date(2026, 4, 3)),
        # 10 working days (UU 14/2008 art. 22(7)): Monday 30 March
        (INFORMATION, date(2026, 3, 30)),
    ],
)
def test_the_promise_is_the_law(kind, days_later):
    promised = received(kind).promised_at
    assert promised is not None
    assert promised.astimezone(CALENDAR.zone).date() == days_later
    assert promised.astimezone(CALENDAR.zone).strftime("%H:%M") in ("16:00", "16:30")


def test_oversight_has_sixty_working_days():
    assert received(OVERSIGHT).promised_at > received(COMPLAINT).promised_at + timedelta(days=60)


def test_an_answer_in_time_and_a_confirmation_end_confirmed():
    matter = after(received(), "start", MONDAY + timedelta(hours=1))
    matter = after(matter, "answer", MONDAY + timedelta(days=1))
    assert (matter.state, matter.on_time, matter.answered_in_time) == ("answered", True, True)
    assert matter.confirmed is None
    matter = after(matter, "confirm", MONDAY + timedelta(days=2))
    assert (matter.state_class, matter.confirmed, matter.rating, matter.is_open) == ("done", True, 4, False)
    assert matter.closed_at == MONDAY + timedelta(days=2)


def test_silence_closes_but_does_not_confirm():
    matter = after(received(), "answer", MONDAY + timedelta(days=1))
    confirmation = next(clock for clock in matter.clocks if clock.name == "confirmation")
    climbed, rungs = climb(matter=matter, kind=COMPLAINT, at=confirmation.due_at, calendar=CALENDAR)
    assert [rung.change for rung in rungs] == ["close_silent"]
    closed = after(climbed, "close_silent", confirmation.due_at, Given())
    assert (closed.state, closed.confirmed) == ("done_silent", False)


def test_the_reporter_may_still_confirm_after_silence_and_a_note_changes_nothing():
    matter = after(received(), "answer", MONDAY + timedelta(days=1))
    closed = after(matter, "close_silent", MONDAY + timedelta(days=20), Given())
    noted = after(closed, "note", MONDAY + timedelta(days=21))
    assert (noted.confirmed, noted.closed_at) == (False, closed.closed_at)
    assert after(noted, "confirm", MONDAY + timedelta(days=22)).confirmed is True


def test_reopening_makes_a_second_promise_and_both_must_be_kept():
    first = received()
    late = first.promised_at + timedelta(hours=1)
    matter, _ = climb(matter=first, kind=COMPLAINT, at=late, calendar=CALENDAR)
    matter = after(matter, "answer", late)
    assert matter.on_time is False
    matter = after(matter, "reopen", late + timedelta(days=1))
    assert (matter.state, matter.reopened_count, matter.escalation_level) == ("assigned", 1, 0)
    assert matter.promised_at > late
    matter = after(matter, "answer", late + timedelta(days=2))
    assert matter.on_time is False


def test_reopening_is_over_after_the_window_counted_from_the_closing():
    matter = after(received(), "answer", MONDAY + timedelta(days=1))
    closed = after(matter, "confirm", MONDAY + timedelta(days=2))
    edge = closed.closed_at + timedelta(days=COMPLAINT.reopen_days)
    assert after(closed, "reopen", edge).state == "assigned"
    with pytest.raises(ChangeRefused) as refused:
        after(closed, "reopen", edge + timedelta(seconds=1))
    assert refused.value.code == "window_over"


def test_the_ladder_climbs_each_rung_once_and_names_who():
    matter = received()
    solution = next(clock for clock in matter.clocks if clock.name == "solution")
    told = []
    moment = MONDAY
    while moment < solution.due_at + timedelta(days=40):
        moment += timedelta(hours=6)
        matter, rungs = climb(matter=matter, kind=COMPLAINT, at=moment, calendar=CALENDAR)
        told += [(rung.share, rung.level, rung.raises) for rung in rungs if rung.clock == "solution"]
    assert told == [
        (0.5, "handler", 0),
        (0.8, "head", 0),
        (1.0, "head", 1),
        (1.25, "secretary", 2),
        (1.5, "mayor", 3),
    ]
    assert (matter.escalation_level, matter.on_time) == (3, False)


def test_waiting_for_the_reporter_stops_the_clocks_and_the_answer_starts_them():
    matter = received()
    asked = after(matter, "ask", MONDAY + timedelta(days=1))
    assert all(clock.next_step_at is None for clock in asked.clocks if clock.name != "confirmation")
    replied = after(asked, "reply", MONDAY + timedelta(days=3))
    assert replied.state == "assigned"
    gained = replied.promised_at - matter.promised_at
    assert timedelta(days=1) < gained <= timedelta(days=4)


def test_a_broken_promise_cannot_be_paused_away():
    matter = received()
    late, _ = climb(matter=matter, kind=COMPLAINT, at=matter.promised_at + timedelta(days=1), calendar=CALENDAR)
    asked = after(late, "ask", matter.promised_at + timedelta(days=1))
    replied = after(asked, "reply", matter.promised_at + timedelta(days=30))
    assert replied.promised_at == matter.promised_at


def test_what_is_missing_is_named_and_nothing_else_is_allowed():
    with pytest.raises(ChangeRefused) as refused:
        after(received(), "refuse", MONDAY, Given(text="tidak"))
    assert refused.value.details["needs"] == ["reason", "basis"]
    with pytest.raises(ChangeRefused) as refused:
        after(received(), "confirm", MONDAY)
    assert refused.value.code == "not_from_here"


def test_an_extension_is_given_once():
    matter = after(received(), "extend", MONDAY + timedelta(days=1))
    assert matter.promised_at > received().promised_at
    with pytest.raises(ChangeRefused) as refused:
        after(matter, "extend", MONDAY + timedelta(days=2))
    assert refused.value.code == "no_extension_left"


NAMES = [change.name for change in COMPLAINT.changes]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 200)), max_size=25))
@settings(max_examples=300, deadline=None)
def test_whatever_happens_the_matter_stays_possible(steps):
    matter = received()
    moment = MONDAY
    for name, hours in steps:
        moment += timedelta(hours=hours)
        matter, _ = climb(matter=matter, kind=COMPLAINT, at=moment, calendar=CALENDAR)
        try:
            matter = after(matter, name, moment)
        except ChangeRefused:
            continue
        assert (matter.closed_at is None) == matter.is_open
        assert (matter.state_class in END_CLASSES) != matter.is_open
        assert (matter.confirmed is not None) == (matter.state_class == "done")
        running = [clock.name for clock in matter.clocks if clock.stopped_at is None]
        assert len(running) == len(set(running))
        assert all(clock.met is not None for clock in matter.clocks if clock.stopped_at)
        assert all(clock.due_at >= clock.original_due_at >= clock.started_at for clock in matter.clocks)
        assert matter.is_open or not running
        assert (matter.merged_into_id is not None) == (matter.state_class == "merged")
