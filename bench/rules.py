"""Rules without a database: deadlines; and places in memory."""

import random
import time
from datetime import UTC, date, datetime, timedelta

from bench.table import Row, middle, progress

COUNT = 100_000
RUNS = 5


def _rate(work, count: int) -> float:
    rates = []
    for _run in range(RUNS):
        started = time.process_time()
        work()
        rates.append(count / (time.process_time() - started))
    return middle(rates)


def _deadlines() -> Row:
    from balai.foundation.calendar.rules import OFFICE_5, Term, WorkCalendar, deadline

    closed = frozenset(date(2026, 1, 1) + timedelta(days=7 * week) for week in range(0, 50, 2))
    calendar = WorkCalendar(week=OFFICE_5, closed_days=closed, time_zone="Asia/Jakarta", version=1)
    dice = random.Random(1)
    starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(400_000)) for _ in range(1_000)]
    term = Term(amount=14, unit="working_days")

    def work() -> None:
        for number in range(COUNT):
            deadline(start=starts[number % 1_000], term=term, calendar=calendar)

    rate = _rate(work, COUNT)
    return Row(
        name="rules",
        what="deadline, 14 working days",
        value=f"{rate:,.0f}/s per core",
        bar="≥ 100,000/s",
        met=rate >= 100_000,
        figures={"per_second": rate},
    )


def _places() -> Row:
    from balai.foundation.places.rules import Locator
    from balai.foundation.places.tests.cities import villages_of_city
    from balai.foundation.places.tests.speed import positions

    locator = Locator(villages_of_city("35.73"))
    points = positions(locator, 5_000)

    def work() -> None:
        for number in range(COUNT):
            lat, lon = points[number % 5_000]
            locator.locate(lat=lat, lon=lon)

    rate = _rate(work, COUNT)
    return Row(
        name="rules",
        what="point to village",
        value=f"{rate:,.0f}/s per core",
        bar="≥ 50,000/s",
        met=rate >= 50_000,
        figures={"per_second": rate},
    )


def measure() -> list[Row]:
    """Return the figures of the pure rules."""
    progress("rules without a database")
    import django

    django.setup()
    return [_deadlines(), _places()]
