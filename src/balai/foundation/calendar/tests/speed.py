"""Measure how many deadlines a second one core tells: ``python -m balai.foundation.calendar.tests.speed``."""

import sys
import time
from datetime import UTC, datetime, timedelta

from balai.foundation.calendar.rules import UNITS, Term, deadline, resume_due
from balai.foundation.calendar.tests.calendars import WITH_BREAKS

COUNT = 100_000


def per_second(term: Term) -> float:
    """Return deadlines of ``term`` per second of processor time, over starts spread across sixteen months."""
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=7 * number) for number in range(COUNT)]
    began = time.process_time()
    for start in starts:
        deadline(start=start, term=term, calendar=WITH_BREAKS)
    return COUNT / (time.process_time() - began)


def main() -> None:
    """Print the figures, one unit a line."""
    for unit in UNITS:
        sys.stdout.write(f"deadline {unit:14} {per_second(Term(amount=14, unit=unit)):10,.0f} per second\n")
    term = Term(amount=14, unit="working_days")
    start = datetime(2026, 3, 2, 3, tzinfo=UTC)
    due = deadline(start=start, term=term, calendar=WITH_BREAKS)
    began = time.process_time()
    for number in range(COUNT):
        paused = start + timedelta(minutes=number % 10_000)
        resume_due(due=due, paused_at=paused, resumed_at=paused + timedelta(days=3), term=term, calendar=WITH_BREAKS)
    sys.stdout.write(f"resume_due {'':12} {COUNT / (time.process_time() - began):10,.0f} per second\n")


if __name__ == "__main__":
    main()
