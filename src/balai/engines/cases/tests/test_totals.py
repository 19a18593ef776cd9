"""Totals equal what the rows say, by a second way of counting; medians and intervals by a second authority."""

import statistics
from collections import Counter
from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from balai.engines.cases import reactions
from balai.engines.cases.actions import refresh_totals
from balai.engines.cases.actions.totals import mark_month, rebuild_totals, refresh_month
from balai.engines.cases.bulk import write_histories
from balai.engines.cases.models import Case, DirtyMonth, MonthDuration, MonthTotal
from balai.engines.cases.rules.totals import DIMENSIONS, median_days, share_interval
from balai.engines.cases.tests.past import NOW, random_histories
from balai.engines.cases.tests.small_desk import MORNING, ZONE, SmallDesk
from balai.engines.cases.tests.together import run_together
from balai.foundation.events.models import Event

LATER = MORNING + timedelta(hours=1)
KEYS = {"all": "0", "unit": "unit_id", "category": "category_id", "district": "district_id", "village": "village_id"}
# the city is seven hours ahead of UTC all year
MONTH = {
    "sqlite": "strftime('%%Y-%%m-01', datetime(received_at, '+7 hours'))",
    "postgresql": "to_char(received_at + interval '7 hours', 'YYYY-MM-01')",
}


def open_to_all(dimension: str) -> str:
    """Return the condition that keeps secret matters out of small cells."""
    return "" if dimension in ("all", "unit") else "AND privacy <> 'secret'"


def counted_in_sql() -> dict[tuple[str, str, int], tuple[int, ...]]:
    """Return (dimension, month, key) → counts, computed by the database alone."""
    found = {}
    for dimension, key in KEYS.items():
        # UTC, so that the seven hours are added once
        if connection.vendor == "postgresql":
            month = MONTH["postgresql"].replace("received_at", "(received_at AT TIME ZONE 'UTC')")
        else:
            month = MONTH["sqlite"].replace("%%", "%")
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT {month}, {key}, COUNT(*), COUNT(first_answered_at), COUNT(answered_in_time),
                       SUM(CASE WHEN answered_in_time THEN 1 ELSE 0 END), COUNT(closed_at),
                       SUM(CASE WHEN confirmed THEN 1 ELSE 0 END), SUM(CASE WHEN NOT confirmed THEN 1 ELSE 0 END),
                       SUM(CASE WHEN state_class = 'refused' THEN 1 ELSE 0 END),
                       SUM(CASE WHEN reopened_count > 0 THEN 1 ELSE 0 END), COUNT(on_time),
                       SUM(CASE WHEN on_time THEN 1 ELSE 0 END), COALESCE(SUM(rating), 0), COUNT(rating)
                FROM cases_case WHERE state_class <> 'merged' AND {key} IS NOT NULL {open_to_all(dimension)} GROUP BY 1, 2
                """
            )
            for row in cursor.fetchall():
                found[(dimension, row[0], row[1])] = tuple(int(number) for number in row[2:])
    return found


def stored() -> dict[tuple[str, str, int], tuple[int, ...]]:
    return {
        (row.dimension, row.month.isoformat(), row.key): (
            row.received,
            row.answered,
            row.answer_due,
            row.answered_in_time,
            row.ended,
            row.confirmed,
            row.silent,
            row.refused,
            row.reopened,
            row.promised,
            row.kept,
            row.rating_sum,
            row.rating_count,
        )
        for row in MonthTotal.objects.all()
    }


def check_durations() -> None:
    zone = ZoneInfo(ZONE)
    expected: Counter[tuple[date, str, int, int]] = Counter()
    for case in Case.objects.filter(state_class="done"):
        assert case.closed_at is not None
        received = case.received_at.astimezone(zone).date()
        days = (case.closed_at.astimezone(zone).date() - received).days
        keys = {"all": 0, **{name: getattr(case, f"{name}_id") for name in DIMENSIONS if name != "all"}}
        for dimension, key in keys.items():
            if key is not None and not (case.privacy == "secret" and dimension not in ("all", "unit")):
                expected[(received.replace(day=1), dimension, key, days)] += 1
    rows = MonthDuration.objects.values_list("month", "dimension", "key", "days", "count")
    assert {row[:4]: row[4] for row in rows} == dict(expected)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_totals_equal_the_rows(desk: SmallDesk, seed: int) -> None:
    histories = random_histories(desk, count=120, seed=seed)
    keys = write_histories(histories, time_zone=ZONE, random=Random(seed).randrange, delivered_at=NOW)
    target, merged = keys[0], keys[1]
    # a merged matter lives on in its target and is not counted again
    Case.objects.filter(pk=merged).update(
        state="merged", state_class="merged", is_open=False, closed_at=NOW, merged_into_id=target
    )
    assert rebuild_totals() >= 3
    expected = counted_in_sql()
    assert stored() == expected
    assert sum(counts[0] for (dimension, *_), counts in expected.items() if dimension == "all") == 119
    # the pasts were worth counting: late ones, confirmed ones, silent ones, reopened ones
    whole = [sum(column) for column in zip(*(v for k, v in expected.items() if k[0] == "all"), strict=True)]
    assert all(whole), whole
    check_durations()


def test_live_changes_keep_them_equal(desk: SmallDesk) -> None:
    """What the worker does: each event marks its month, marked months are counted anew."""
    random = Random(7)
    seen = 0
    cases = [desk.open(at=MORNING + timedelta(days=9 * number)) for number in range(6)]
    for step, case in enumerate(cases * 2):
        at = MORNING + timedelta(days=60 + step)
        case.refresh_from_db()
        name = random.choice(("start", "answer", "take")) if case.state == "assigned" else "note"
        desk.change(case, name, at=at, text="Kabar", assignee_id=desk.budi.pk if name == "take" else None)
        for event in Event.objects.filter(id__gt=seen).order_by("id"):
            reactions.note_month(event=event)
            seen = event.pk
        assert refresh_totals(at=at) >= 1
        assert stored() == counted_in_sql()
    assert refresh_totals(at=NOW) == 0


def test_marking_twice_is_marking_once(desk: SmallDesk) -> None:
    for _ in range(2):
        mark_month(received_at=MORNING, at=LATER)
    # 00.30 on the first in the city is still the month before in UTC
    mark_month(received_at=MORNING.replace(day=30, hour=17, minute=30), at=LATER)
    assert list(DirtyMonth.objects.order_by("month").values_list("month", flat=True)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
    ]


def test_rewriting_the_same_month_changes_nothing(desk: SmallDesk) -> None:
    desk.open()
    rebuild_totals()
    before = stored()
    mark_month(received_at=MORNING, at=LATER)
    assert refresh_totals(at=LATER) == 1
    assert stored() == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_several_refresh_the_same_month_at_once(shared_desk: SmallDesk) -> None:
    """The worker, an import and a rebuild, while reports come in."""
    month = MORNING.date().replace(day=1)
    for number in range(20):
        shared_desk.open(at=MORNING + timedelta(minutes=number))

    def refresh() -> str:
        for _ in range(5):
            refresh_month(month=month)
        return "done"

    def report() -> str:
        for number in range(5):
            shared_desk.open(at=MORNING + timedelta(hours=1, minutes=number))
            mark_month(received_at=MORNING, at=LATER)
        return "done"

    results = run_together([refresh, refresh, lambda: rebuild_totals() and "done", report])
    assert results == ["done"] * 4
    # what came in meanwhile was either counted or has left its mark
    refresh_totals(at=LATER)
    assert stored() == counted_in_sql()
    assert MonthTotal.objects.get(dimension="all").received == 25


@given(st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=60))
def test_the_median_is_the_median(days: list[int]) -> None:
    assert median_days(Counter(days)) == statistics.median(days)


def test_nothing_has_no_median() -> None:
    assert median_days({}) is None
    assert median_days({3: 0}) is None


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe (1998), table I: Wilson's method
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    found = share_interval(part=part, whole=whole)
    assert found == pytest.approx((low, high), abs=0.0002)


@given(st.integers(min_value=0, max_value=500), st.integers(min_value=0, max_value=500))
def test_the_interval_holds_the_share(part: int, more: int) -> None:
    whole = part + more
    low, high = share_interval(part=part, whole=whole)
    assert 0 <= low <= high <= 1
    if whole:
        assert low - 1e-9 <= part / whole <= high + 1e-9
