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


def _forms() -> Row:
    from balai.foundation.forms.rules.evaluate import evaluate
    from balai.foundation.forms.rules.schema import Computed, Field, FormSchema, Step

    fields = tuple(
        Field(
            slug=f"f{n}",
            kind="number",
            label_id="Angka",
            show_if={"all": [{"gte": [f"f{n - 1}", 0]}, {"filled": f"f{max(0, n - 2)}"}]} if n else None,
        )
        for n in range(100)
    )
    computed = tuple(
        Computed(
            slug=f"c{n}", label_id="C", formula={"+": [{"var": f"f{n}"}, {"*": [{"var": f"f{(n + 1) % 100}"}, "2"]}]}
        )
        for n in range(100)
    )
    schema = FormSchema(steps=(Step(slug="s", label_id="S", fields=fields),), computed=computed)
    answers = {f"f{n}": str(n) for n in range(100)}

    def work() -> None:
        for _ in range(50):
            evaluate(schema=schema, answers=answers, today=date(2026, 11, 25))

    milliseconds = 1_000 / _rate(work, 50)
    return Row(
        name="rules",
        what="form of 100 questions, 99 conditions, 100 formulas",
        value=f"{milliseconds:.1f} ms",
        bar="≤ 5 ms",
        met=milliseconds <= 5,
        figures={"milliseconds": milliseconds},
    )


def _survey() -> Row:
    from balai.modules.services.rules.survey import ELEMENTS, ElementSum, Sums, survey_index

    dice = random.Random(1)
    # a million answers as they are kept: 70 services, 8 quarters, 3 channels
    kept = [{name: ElementSum(595, dice.randint(1_300, 2_300)) for name in ELEMENTS} for _ in range(1_680)]

    def work() -> None:
        for _ in range(5):
            sums = Sums()
            for elements in kept:
                sums.merge(answers=595, elements=elements)
            survey_index(sums=sums)

    milliseconds = 1_000 / _rate(work, 5)
    return Row(
        name="rules",
        what="survey index of a million answers from 1,680 sums",
        value=f"{milliseconds:.1f} ms",
        bar="≤ 50 ms",
        met=milliseconds <= 50,
        figures={"milliseconds": milliseconds},
    )


def _queue() -> Row:
    """Play a day of twenty halls with ten counters each and half a thousand people each, and judge what was said."""
    from balai.modules.queue.rules.estimate import accuracy
    from balai.modules.queue.simulation import PlayedHall, play_day

    pairs, count, started = [], 0, time.process_time()
    for number in range(20):
        dice = random.Random(number)
        minutes = {f"e{n}": dice.uniform(4, 12) for n in range(12)}
        counters = [frozenset(dice.sample(sorted(minutes), 6)) for _ in range(9)]
        hall = PlayedHall(
            # one of the ten serves everything, so that nobody waits in vain
            counters=(*counters, frozenset(minutes)),
            minutes=minutes,
            weights={errand: dice.uniform(0.5, 2) for errand in minutes},
        )
        day = datetime(2026, 11, 25, 1, tzinfo=UTC)
        played = play_day(hall=hall, opens=day, closes=day + timedelta(hours=8), count=500, dice=dice)
        count += len(played)
        pairs += [(each.said, (each.called - each.came).total_seconds()) for each in played if not each.is_absent]
    seconds = time.process_time() - started
    found = accuracy(pairs)
    return Row(
        name="rules",
        what="queue: 200 counters, 10,000 tickets, median error of the estimate (waits of five minutes and more)",
        value=f"{found.median_share:.1%}; {found.within:.0%} within the range said; {count / seconds:,.0f} tickets/s",
        bar="≤ 20 %",
        met=found.median_share <= 0.2,
        figures={"median_share": found.median_share, "median_seconds": found.median_seconds, "within": found.within},
    )


def measure() -> list[Row]:
    """Return the figures of the pure rules."""
    progress("rules without a database")
    import django

    django.setup()
    return [_deadlines(), _places(), _forms(), _survey(), _queue()]
