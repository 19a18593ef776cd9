"""The law of deadlines: worked examples from 2020 to 2027, properties, and a slow second reading to compare with."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.calendar.rules import (
    OFFICE_5,
    UNITS,
    BadTerm,
    BadWeek,
    NeverOpen,
    Term,
    WorkCalendar,
    deadline,
    extend_due,
    is_open,
    moment_at_share,
    next_opening,
    resume_due,
    working_time,
)
from balai.foundation.calendar.rules.hours import read_hours, write_hours
from balai.foundation.calendar.rules.weeks import check_week
from balai.foundation.calendar.tests import by_hand
from balai.foundation.calendar.tests.calendars import (
    CALENDARS,
    CLOSED,
    COLLECTIVE_LEAVE_2026,
    DAY_AND_NIGHT,
    FIVE,
    SIX,
    WIB,
    WITH_BREAKS,
    calendar,
    wib,
)

# received | term | calendar | due, all on Jakarta's clock; five: Mon-Thu 07.30-16.00, Fri 07.30-16.30;
# six: the same and Sat 07.30-12.30; breaks: closed at noon (Mon-Thu 12.00-13.00, Fri 11.30-13.00).
EXAMPLES = """
2020-01-02 10:00 | 5 working_days | five   | 2020-01-09 16:00
2020-03-20 07:00 | 14 working_days | six    | 2020-04-07 16:00
2020-05-06 16:00 | 5 working_days | five   | 2020-05-15 16:30
2020-07-30 15:59 | 3 working_days | breaks | 2020-08-05 16:00
2020-08-19 21:30 | 1 working_days | five   | 2020-08-25 16:00
2020-10-27 11:45 | 7 working_days | six    | 2020-11-07 12:30
2020-12-23 07:30 | 10 working_days | five   | 2021-01-12 16:00
2021-02-10 12:30 | 60 working_days | breaks | 2021-05-10 16:00
2021-03-10 10:00 | 3 working_days | five   | 2021-03-16 16:00
2021-05-11 07:00 | 1 working_days | six    | 2021-05-15 12:30
2021-07-19 16:00 | 7 working_days | five   | 2021-07-30 16:30
2021-08-16 15:59 | 10 working_days | breaks | 2021-08-31 16:00
2021-12-24 21:30 | 60 working_days | five   | 2022-03-24 16:00
2022-01-31 11:45 | 5 working_days | six    | 2022-02-07 16:00
2022-02-25 07:30 | 14 working_days | five   | 2022-03-21 16:00
2022-04-28 12:30 | 5 working_days | breaks | 2022-05-13 16:30
2022-05-13 10:00 | 10 working_days | five   | 2022-05-31 16:00
2022-07-29 07:00 | 60 working_days | six    | 2022-10-11 16:00
2022-09-30 16:00 | 5 working_days | five   | 2022-10-07 16:30
2023-01-20 15:59 | 14 working_days | breaks | 2023-02-10 16:30
2023-03-21 21:30 | 5 working_days | five   | 2023-03-31 16:30
2023-04-18 11:45 | 3 working_days | six    | 2023-04-28 16:30
2023-05-31 07:30 | 1 working_days | five   | 2023-06-05 16:00
2023-06-27 12:30 | 7 working_days | breaks | 2023-07-11 16:00
2023-07-18 10:00 | 14 working_days | five   | 2023-08-08 16:00
2023-09-27 07:00 | 5 working_days | six    | 2023-10-04 16:00
2023-12-22 16:00 | 3 working_days | five   | 2023-12-29 16:30
2024-02-07 15:59 | 1 working_days | breaks | 2024-02-12 16:00
2024-02-13 21:30 | 7 working_days | five   | 2024-02-26 16:00
2024-03-08 11:45 | 10 working_days | six    | 2024-03-22 16:30
2024-04-05 07:30 | 60 working_days | five   | 2024-07-17 16:00
2024-05-08 12:30 | 5 working_days | breaks | 2024-05-17 16:30
2024-05-22 10:00 | 1 working_days | five   | 2024-05-27 16:00
2024-06-14 07:00 | 7 working_days | six    | 2024-06-25 16:00
2024-09-13 16:00 | 10 working_days | five   | 2024-09-30 16:00
2024-11-26 15:59 | 60 working_days | breaks | 2025-02-27 16:00
2024-12-24 21:30 | 5 working_days | five   | 2025-01-06 16:00
2025-01-24 11:45 | 14 working_days | six    | 2025-02-13 16:00
2025-01-27 07:30 | 5 working_days | five   | 2025-02-06 16:00
2025-03-27 12:30 | 3 working_days | breaks | 2025-04-10 16:00
2025-03-28 10:00 | 60 working_days | five   | 2025-07-14 16:00
2025-04-08 07:00 | 5 working_days | six    | 2025-04-14 16:00
2025-04-17 16:00 | 14 working_days | five   | 2025-05-14 16:00
2025-05-09 15:59 | 5 working_days | breaks | 2025-05-20 16:00
2025-05-28 21:30 | 3 working_days | five   | 2025-06-05 16:00
2025-06-05 11:45 | 1 working_days | six    | 2025-06-07 12:30
2025-06-26 07:30 | 7 working_days | five   | 2025-07-08 16:00
2025-08-15 12:30 | 10 working_days | breaks | 2025-09-01 16:00
2025-09-04 10:00 | 5 working_days | five   | 2025-09-12 16:30
2025-12-24 07:00 | 3 working_days | six    | 2025-12-30 16:00
2026-01-02 16:00 | 1 working_days | five   | 2026-01-05 16:00
2026-01-15 15:59 | 7 working_days | breaks | 2026-01-27 16:00
2026-02-13 21:30 | 10 working_days | five   | 2026-03-04 16:00
2026-03-16 11:45 | 60 working_days | six    | 2026-06-09 16:00
2026-03-17 07:30 | 5 working_days | five   | 2026-03-31 16:00
2026-03-25 12:30 | 14 working_days | breaks | 2026-04-15 16:00
2026-04-02 10:00 | 7 working_days | five   | 2026-04-14 16:00
2026-04-30 07:00 | 10 working_days | six    | 2026-05-13 16:00
2026-05-13 16:00 | 60 working_days | five   | 2026-08-14 16:30
2026-05-26 15:59 | 5 working_days | breaks | 2026-06-05 16:30
2026-05-29 21:30 | 14 working_days | five   | 2026-06-23 16:00
2026-06-15 11:45 | 5 working_days | six    | 2026-06-22 16:00
2026-08-14 07:30 | 3 working_days | five   | 2026-08-20 16:00
2026-08-24 12:30 | 1 working_days | breaks | 2026-08-26 16:00
2026-12-23 10:00 | 5 working_days | five   | 2027-01-04 16:00
2026-12-31 07:00 | 14 working_days | six    | 2027-01-19 16:00
2027-01-04 16:00 | 5 working_days | five   | 2027-01-13 16:00
2027-02-04 15:59 | 3 working_days | breaks | 2027-02-10 16:00
2027-03-05 21:30 | 1 working_days | five   | 2027-03-17 16:00
2027-03-24 11:45 | 7 working_days | six    | 2027-04-03 12:30
2027-05-05 07:30 | 10 working_days | five   | 2027-05-26 16:00
2027-05-14 12:30 | 60 working_days | breaks | 2027-08-13 16:30
2027-08-16 10:00 | 3 working_days | five   | 2027-08-20 16:30
2027-12-23 07:00 | 1 working_days | six    | 2027-12-27 16:00
2020-01-02 10:00 | 1 working_hours | breaks | 2020-01-02 11:00
2020-07-30 11:45 | 4 working_hours | five   | 2020-07-30 15:45
2020-12-23 16:00 | 8 working_hours | six    | 2020-12-28 10:30
2021-05-11 12:30 | 24 working_hours | breaks | 2021-05-19 14:30
2021-12-24 21:30 | 3 working_hours | five   | 2021-12-27 10:30
2022-04-28 07:00 | 1 working_hours | six    | 2022-04-28 08:30
2022-09-30 07:30 | 4 working_hours | breaks | 2022-09-30 11:30
2023-04-18 15:59 | 8 working_hours | five   | 2023-04-26 15:29
2023-07-18 10:00 | 24 working_hours | six    | 2023-07-22 08:00
2024-02-07 11:45 | 3 working_hours | breaks | 2024-02-07 15:45
2024-04-05 16:00 | 1 working_hours | five   | 2024-04-16 08:00
2024-06-14 12:30 | 4 working_hours | six    | 2024-06-14 16:30
2024-12-24 21:30 | 8 working_hours | breaks | 2024-12-30 08:00
2025-03-27 07:00 | 24 working_hours | five   | 2025-04-09 14:30
2025-04-17 07:30 | 3 working_hours | six    | 2025-04-17 10:30
2025-06-05 15:59 | 1 working_hours | breaks | 2025-06-10 08:29
2025-09-04 10:00 | 4 working_hours | five   | 2025-09-04 14:00
2026-01-15 11:45 | 8 working_hours | six    | 2026-01-17 11:15
2026-03-17 16:00 | 24 working_hours | breaks | 2026-03-30 09:00
2026-04-30 12:30 | 3 working_hours | five   | 2026-04-30 15:30
2026-05-29 21:30 | 1 working_hours | six    | 2026-05-30 08:30
2026-08-24 07:00 | 4 working_hours | breaks | 2026-08-24 11:30
2027-01-04 07:30 | 8 working_hours | five   | 2027-01-04 15:30
2027-03-24 15:59 | 24 working_hours | six    | 2027-03-31 09:29
2027-08-16 10:00 | 3 working_hours | breaks | 2027-08-16 14:00
2026-03-16 10:00 | 5 working_days | five | 2026-03-30 16:00
2026-03-13 16:30 | 5 working_days | five | 2026-03-30 16:00
2026-03-14 09:00 | 5 working_days | five | 2026-03-30 16:00
2026-03-14 09:00 | 5 working_days | six  | 2026-03-27 16:30
2026-11-27 14:30 | 14 working_days | five | 2026-12-17 16:00
2026-11-27 14:30 | 1 working_days | always | 2026-11-28 23:59:59
2026-11-27 23:59 | 3 working_days | always | 2026-11-30 23:59:59
2026-11-27 14:30 | 14 calendar_days | five | 2026-12-11 23:59:59
2026-11-28 03:00 | 1 calendar_days | five | 2026-11-29 23:59:59
2024-02-28 12:00 | 1 calendar_days | five | 2024-02-29 23:59:59
2023-02-28 12:00 | 1 calendar_days | five | 2023-03-01 23:59:59
2026-11-27 23:30 | 3 clock_hours | five | 2026-11-28 02:30
2026-11-27 23:30 | 90 minutes | five | 2026-11-28 01:00
2026-12-31 23:00 | 24 clock_hours | five | 2027-01-01 23:00
"""
COUNTING_FIRST_DAY = """
2026-03-16 10:00 | 5 working_days | five | 2026-03-27 16:30
2026-03-14 09:00 | 1 working_days | five | 2026-03-16 16:00
2026-03-16 16:00 | 1 working_days | five | 2026-03-17 16:00
2026-11-27 14:30 | 1 calendar_days | five | 2026-11-27 23:59:59
2026-11-27 14:30 | 14 calendar_days | five | 2026-12-10 23:59:59
"""
# due | paused | resumed | unit | calendar | due again
PAUSES = """
2026-11-27 16:30 | 2026-11-25 16:00 | 2026-11-27 07:30 | working_days | five | 2026-11-30 16:00
2026-11-27 16:30 | 2026-11-27 16:00 | 2026-11-30 07:30 | working_days | five | 2026-11-30 08:00
2026-11-27 16:30 | 2026-11-27 10:00 | 2026-11-27 11:00 | working_days | five | 2026-11-30 08:30
2026-11-30 16:00 | 2026-11-28 09:00 | 2026-11-29 20:00 | working_days | five | 2026-11-30 16:00
2026-11-30 16:00 | 2026-11-28 09:00 | 2026-11-29 20:00 | working_days | six | 2026-12-01 11:00
2026-03-17 16:00 | 2026-03-16 07:30 | 2026-03-25 07:30 | working_days | five | 2026-03-26 16:00
2026-03-17 12:00 | 2026-03-17 08:00 | 2026-03-17 16:00 | working_hours | five | 2026-03-25 11:30
2026-11-27 11:30 | 2026-11-27 10:30 | 2026-11-27 13:00 | working_hours | breaks | 2026-11-27 14:00
2026-11-27 15:00 | 2026-11-27 12:00 | 2026-11-28 12:00 | clock_hours | five | 2026-11-28 15:00
2026-11-27 23:59:59 | 2026-11-20 10:00 | 2026-11-22 11:00 | calendar_days | five | 2026-11-30 00:59:59
2026-11-27 10:00 | 2026-11-27 11:00 | 2026-12-27 11:00 | working_days | five | 2026-11-27 10:00
2026-11-27 10:00 | 2026-11-27 10:00 | 2026-12-27 11:00 | clock_hours | five | 2026-11-27 10:00
"""
# due | extended by | calendar | due again
EXTENSIONS = """
2026-03-17 16:00 | 5 working_days | five | 2026-03-31 16:00
2026-03-18 12:00 | 1 working_days | five | 2026-03-25 16:00
2026-11-27 16:30 | 7 working_days | six | 2026-12-05 12:30
2026-11-27 10:15 | 1 working_days | five | 2026-11-30 16:00
2026-11-27 16:30 | 2 working_hours | five | 2026-11-30 09:30
2026-11-27 23:59:59 | 14 calendar_days | five | 2026-12-11 23:59:59
2026-11-27 10:00 | 24 clock_hours | five | 2026-11-28 10:00
2026-11-27 10:00 | 30 minutes | five | 2026-11-27 10:30
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def term_of(words: str, *, counts_first_day: bool = False) -> Term:
    amount, unit = words.split()
    assert unit in UNITS
    return Term(amount=int(amount), unit=unit, counts_first_day=counts_first_day)


@pytest.mark.parametrize(("start", "term", "name", "due"), rows(EXAMPLES))
def test_a_worked_example(start: str, term: str, name: str, due: str) -> None:
    told = deadline(start=wib(start), term=term_of(term), calendar=CALENDARS[name])
    assert told == wib(due)
    assert told.tzinfo is UTC


@pytest.mark.parametrize(("start", "term", "name", "due"), rows(COUNTING_FIRST_DAY))
def test_the_day_of_receipt_may_count(start: str, term: str, name: str, due: str) -> None:
    counting = term_of(term, counts_first_day=True)
    assert deadline(start=wib(start), term=counting, calendar=CALENDARS[name]) == wib(due)


@pytest.mark.parametrize("row", rows(PAUSES), ids=" | ".join)
def test_a_pause(row: list[str]) -> None:
    due, paused, resumed, unit, name, again = row
    moved = resume_due(
        due=wib(due),
        paused_at=wib(paused),
        resumed_at=wib(resumed),
        term=term_of(f"5 {unit}"),
        calendar=CALENDARS[name],
    )
    assert moved == wib(again)


@pytest.mark.parametrize(("due", "term", "name", "again"), rows(EXTENSIONS))
def test_an_extension(due: str, term: str, name: str, again: str) -> None:
    assert extend_due(due=wib(due), term=term_of(term), calendar=CALENDARS[name]) == wib(again)


def test_collective_leave_counts_as_closed() -> None:
    start, five_days = wib("2026-03-16 10:00"), Term(amount=5, unit="working_days")
    without_leave = calendar(closed=CLOSED - COLLECTIVE_LEAVE_2026)
    assert deadline(start=start, term=five_days, calendar=without_leave) == wib("2026-03-24 16:00")
    assert deadline(start=start, term=five_days, calendar=FIVE) == wib("2026-03-30 16:00")


# ---- properties

MOMENTS = st.datetimes(min_value=datetime(2019, 12, 1), max_value=datetime(2028, 3, 1)).map(
    lambda moment: moment.replace(tzinfo=WIB)
)
MINUTES = MOMENTS.map(lambda moment: moment.replace(second=0, microsecond=0))
ANY_CALENDAR = st.sampled_from(list(CALENDARS.values()))
ANY_UNIT = st.sampled_from(UNITS)
TERMS = st.builds(Term, amount=st.integers(1, 400), unit=ANY_UNIT, counts_first_day=st.booleans())


@given(start=MINUTES, count=st.integers(1, 90), chosen=ANY_CALENDAR)
def test_working_days_agree_with_counting_by_hand(start: datetime, count: int, chosen: WorkCalendar) -> None:
    told = deadline(start=start, term=Term(amount=count, unit="working_days"), calendar=chosen)
    assert told == by_hand.end_of_working_days(start, count, chosen)


@given(start=MINUTES, hours=st.integers(1, 30), chosen=ANY_CALENDAR)
def test_working_hours_agree_with_counting_by_hand(start: datetime, hours: int, chosen: WorkCalendar) -> None:
    told = deadline(start=start, term=Term(amount=hours, unit="working_hours"), calendar=chosen)
    assert told == by_hand.after_working_minutes(start, hours * 60, chosen)


@given(since=MINUTES, minutes=st.integers(0, 20_000), chosen=ANY_CALENDAR)
def test_working_time_agrees_with_counting_by_hand(since: datetime, minutes: int, chosen: WorkCalendar) -> None:
    until = since + timedelta(minutes=minutes)
    told = working_time(since=since, until=until, calendar=chosen)
    assert told == timedelta(minutes=by_hand.worked_minutes(since, until, chosen))
    assert working_time(since=until, until=since, calendar=chosen) == -told


@given(at=MINUTES, chosen=ANY_CALENDAR)
def test_opening_agrees_with_counting_by_hand(at: datetime, chosen: WorkCalendar) -> None:
    assert is_open(at=at, calendar=chosen) == by_hand.is_open(at, chosen)
    opening = next_opening(at=at, calendar=chosen)
    assert opening >= at
    assert is_open(at=opening, calendar=chosen)
    assert working_time(since=at, until=opening, calendar=chosen) == timedelta(0)


@given(start=MOMENTS, term=TERMS, chosen=ANY_CALENDAR, longer=st.integers(1, 50))
def test_a_promise_is_due_after_its_start_and_a_longer_one_never_earlier(
    start: datetime, term: Term, chosen: WorkCalendar, longer: int
) -> None:
    due = deadline(start=start, term=term, calendar=chosen)
    assert due >= start
    more = Term(amount=term.amount + longer, unit=term.unit, counts_first_day=term.counts_first_day)
    assert deadline(start=start, term=more, calendar=chosen) >= due


@given(start=MOMENTS, term=TERMS, chosen=ANY_CALENDAR, later=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_what_starts_later_is_never_due_earlier(
    start: datetime, term: Term, chosen: WorkCalendar, later: timedelta
) -> None:
    first = deadline(start=start, term=term, calendar=chosen)
    assert deadline(start=start + later, term=term, calendar=chosen) >= first


@given(
    start=MOMENTS,
    term=TERMS,
    chosen=ANY_CALENDAR,
    before=st.timedeltas(timedelta(0), timedelta(days=90)),
    length=st.timedeltas(timedelta(0), timedelta(days=90)),
    longer=st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_a_pause_never_shortens_and_keeps_the_time_that_was_left(
    *, start: datetime, term: Term, chosen: WorkCalendar, before: timedelta, length: timedelta, longer: timedelta
) -> None:
    due = deadline(start=start, term=term, calendar=chosen)
    paused, resumed = start + before, start + before + length
    again = resume_due(due=due, paused_at=paused, resumed_at=resumed, term=term, calendar=chosen)
    assert again >= due
    if paused >= due:
        assert again == due
    elif term.counts_working_time:
        left = working_time(since=paused, until=due, calendar=chosen)
        assert working_time(since=resumed, until=again, calendar=chosen) >= left
        # no more than was left, unless that would have brought the promise forward
        assert again == due or working_time(since=resumed, until=again, calendar=chosen) == left
    else:
        assert again - resumed == due - paused
    later = resume_due(due=due, paused_at=paused, resumed_at=resumed + longer, term=term, calendar=chosen)
    assert later >= again


@given(start=MOMENTS, term=TERMS, by=TERMS, chosen=ANY_CALENDAR)
def test_an_extension_is_always_later(start: datetime, term: Term, by: Term, chosen: WorkCalendar) -> None:
    due = deadline(start=start, term=term, calendar=chosen)
    assert extend_due(due=due, term=by, calendar=chosen) > due


@given(due=MOMENTS, by=TERMS, chosen=ANY_CALENDAR)
def test_any_moment_can_be_extended(due: datetime, by: Term, chosen: WorkCalendar) -> None:
    assert extend_due(due=due, term=by, calendar=chosen) > due


@given(
    start=MOMENTS,
    term=TERMS,
    chosen=ANY_CALENDAR,
    share=st.floats(0, 1),
    more=st.floats(0, 1),
)
def test_shares_run_from_start_to_due_in_order(
    start: datetime, term: Term, chosen: WorkCalendar, share: float, more: float
) -> None:
    due = deadline(start=start, term=term, calendar=chosen)
    low, high = sorted((share, more))
    first = moment_at_share(start=start, due=due, share=low, term=term, calendar=chosen)
    second = moment_at_share(start=start, due=due, share=high, term=term, calendar=chosen)
    assert start <= first <= second <= due


@given(start=MOMENTS, term=TERMS, zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]))
def test_the_same_clock_gives_the_same_clock_in_every_zone(start: datetime, term: Term, zone: str) -> None:
    there = calendar(time_zone=zone)
    due = deadline(start=start, term=term, calendar=FIVE).astimezone(WIB).replace(tzinfo=None)
    due_there = deadline(start=start.replace(tzinfo=there.zone), term=term, calendar=there)
    assert due_there.astimezone(there.zone).replace(tzinfo=None) == due


@given(start=MOMENTS, term=TERMS, chosen=ANY_CALENDAR)
def test_how_a_moment_is_written_does_not_matter(start: datetime, term: Term, chosen: WorkCalendar) -> None:
    due = deadline(start=start, term=term, calendar=chosen)
    assert deadline(start=start.astimezone(UTC), term=term, calendar=chosen) == due
    fresh = WorkCalendar(
        week=chosen.week, closed_days=chosen.closed_days, time_zone=chosen.time_zone, version=chosen.version
    )
    assert deadline(start=start, term=term, calendar=fresh) == due
    assert fresh == chosen


# ---- borders


def test_hours_are_half_open() -> None:
    assert is_open(at=wib("2026-11-27 07:30"), calendar=FIVE)
    assert not is_open(at=wib("2026-11-27 07:29:59"), calendar=FIVE)
    assert is_open(at=wib("2026-11-27 16:29:59"), calendar=FIVE)
    assert not is_open(at=wib("2026-11-27 16:30"), calendar=FIVE)
    assert not is_open(at=wib("2026-11-27 11:30"), calendar=WITH_BREAKS)
    assert next_opening(at=wib("2026-11-27 11:30"), calendar=WITH_BREAKS) == wib("2026-11-27 13:00")
    assert next_opening(at=wib("2026-11-27 16:30"), calendar=SIX) == wib("2026-11-28 07:30")
    assert is_open(at=wib("2026-03-21 03:00"), calendar=DAY_AND_NIGHT)


def test_half_of_a_working_term_falls_into_opening_hours() -> None:
    start, term = wib("2026-11-27 08:30"), Term(amount=2, unit="working_days")
    due = deadline(start=start, term=term, calendar=FIVE)
    # 8 hours on Friday, 8.5 on Monday and on Tuesday: half of 25 hours is 4.5 hours into Monday
    assert moment_at_share(start=start, due=due, share=0.5, term=term, calendar=FIVE) == wib("2026-11-30 12:00")


def test_dates_far_away_are_told_too_and_agree_with_a_wider_index() -> None:
    term = Term(amount=5, unit="working_hours")
    assert deadline(start=wib("1975-06-02 08:00"), term=term, calendar=FIVE) == wib("1975-06-02 13:00")
    assert deadline(start=wib("2199-06-03 08:00"), term=term, calendar=FIVE) == wib("2199-06-03 13:00")
    fresh = calendar()
    long_ago, lately = wib("1960-01-04 07:30"), wib("2026-11-27 07:30")
    both = working_time(since=long_ago, until=wib("1961-01-02 07:30"), calendar=fresh) + working_time(
        since=wib("1961-01-02 07:30"), until=lately, calendar=fresh
    )
    assert working_time(since=long_ago, until=lately, calendar=calendar()) == both
    long_term = Term(amount=20_000, unit="working_days")
    assert deadline(start=lately, term=long_term, calendar=FIVE).year == 2103


def test_a_calendar_that_never_opens_again_says_so() -> None:
    with pytest.raises(NeverOpen):
        deadline(start=wib("9999-12-30 08:00"), term=Term(amount=5, unit="working_days"), calendar=calendar())


def test_a_pause_cannot_end_before_it_begins() -> None:
    term = Term(amount=1, unit="minutes")
    with pytest.raises(ValueError, match="before it begins"):
        resume_due(
            due=wib("2026-11-27 10:00"),
            paused_at=wib("2026-11-27 09:00"),
            resumed_at=wib("2026-11-27 08:59"),
            term=term,
            calendar=FIVE,
        )


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_lies_between_nothing_and_all(share: float) -> None:
    start = wib("2026-11-27 10:00")
    with pytest.raises(ValueError, match="between 0 and 1"):
        moment_at_share(
            start=start,
            due=start + timedelta(hours=1),
            share=share,
            term=Term(amount=1, unit="clock_hours"),
            calendar=FIVE,
        )


# ---- terms, weeks and hours as values


@given(term=TERMS)
def test_a_term_survives_being_stored(term: Term) -> None:
    assert Term.from_json(term.to_json()) == term


@pytest.mark.parametrize(
    "values",
    [
        {"amount": 0, "unit": "minutes"},
        {"amount": True, "unit": "minutes"},
        {"amount": 1.5, "unit": "minutes"},
        {"amount": 1, "unit": "weeks"},
        {"amount": 1},
        {},
        None,
    ],
)
def test_what_is_no_term_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(BadTerm):
        Term.from_json(values)


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        ([[]] * 6, "not_seven_days"),
        ([[]] * 7, "never_open"),
        ([[[480, 480]]] * 7, "bad_hours"),
        ([[[480, 1441]]] * 7, "bad_hours"),
        ([[[-1, 60]]] * 7, "bad_hours"),
        ([[["8", 60]]] * 7, "bad_hours"),
        ([[480]] * 7, "bad_hours"),
        (None, "bad_hours"),
        ([[[480, 600], [590, 700]]] * 7, "overlap"),
        ([[[600, 700], [480, 500]]] * 7, "overlap"),
    ],
)
def test_what_is_no_week_is_refused(week: list[list[list[int]]], reason: str) -> None:
    with pytest.raises(BadWeek) as refused:
        check_week(week)
    assert refused.value.reason == reason
    with pytest.raises(BadWeek):
        WorkCalendar(week=week, closed_days=frozenset(), time_zone="Asia/Jakarta", version=1)  # type: ignore[arg-type]


def test_a_calendar_read_from_json_equals_one_of_tuples() -> None:
    lists = [[list(span) for span in day] for day in OFFICE_5]
    read = WorkCalendar(week=lists, closed_days=CLOSED, time_zone="Asia/Jakarta", version=1)  # type: ignore[arg-type]
    assert read == FIVE
    assert hash(read) == hash(FIVE)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", ()),
        ("  ", ()),
        ("07.30-16.00", ((450, 960),)),
        ("7:30 – 12.00 , 13.00—16:30", ((450, 720), (780, 990))),
        ("08.00 s.d. 15.00", ((480, 900),)),
        ("0.00-24.00", ((0, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: tuple[tuple[int, int], ...]) -> None:
    assert read_hours(text) == hours
    assert read_hours(write_hours(hours)) == hours


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("buka", "bad_hours"),
        ("16.00-07.30", "bad_hours"),
        ("07.30-07.30", "bad_hours"),
        ("07.60-09.00", "bad_hours"),
        ("23.00-24.01", "bad_hours"),
        ("07.30-12.00,", "bad_hours"),
        ("07.30-12.00, 11.00-13.00", "overlap"),
        ("٠٧.٣٠-١٢.٠٠", "bad_hours"),
    ],
)
def test_hours_that_are_none_are_refused(text: str, reason: str) -> None:
    with pytest.raises(BadWeek) as refused:
        read_hours(text)
    assert refused.value.reason == reason


def test_examples_span_the_years_with_leave_as_decreed() -> None:
    years = {int(row[0][:4]) for row in rows(EXAMPLES)}
    assert years >= set(range(2020, 2028))
    assert len(rows(EXAMPLES)) > 100
    assert all(day in CLOSED for day in (date(2026, 3, 18), date(2026, 3, 20), date(2026, 3, 23), date(2026, 3, 24)))
