"""The law of deadlines: properties, borders, and a slow second reading to compare with."""

from datetime import UTC, datetime, timedelta

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
    DAY_AND_NIGHT,
    FIVE,
    SIX,
    WIB,
    WITH_BREAKS,
    calendar,
    wib,
)

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
