"""Worked examples of the law from 2020 to 2027: terms, pauses, extensions, leave."""

from datetime import UTC, date

import pytest

from balai.foundation.calendar.rules import UNITS, Term, deadline, extend_due, resume_due
from balai.foundation.calendar.tests.calendars import (
    CALENDARS,
    CLOSED,
    COLLECTIVE_LEAVE_2026,
    FIVE,
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


def test_examples_span_the_years_with_leave_as_decreed() -> None:
    years = {int(row[0][:4]) for row in rows(EXAMPLES)}
    assert years >= set(range(2020, 2028))
    assert len(rows(EXAMPLES)) > 100
    assert all(day in CLOSED for day in (date(2026, 3, 18), date(2026, 3, 20), date(2026, 3, 23), date(2026, 3, 24)))
