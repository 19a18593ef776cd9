"""What the pages show of the roll-ups equals a count over the matters, one by one."""

from collections import defaultdict
from datetime import date
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from balai.engines.cases.actions.totals import rebuild_totals
from balai.engines.cases.bulk import write_histories
from balai.engines.cases.models import Case
from balai.engines.cases.queries.totals import Standing, months, standings
from balai.engines.cases.tests.past import NOW, random_histories
from balai.engines.cases.tests.small_desk import ZONE, SmallDesk

KINDS = ("complaint",)
COLUMNS = {"all": None, "unit": "unit_id", "category": "category_id", "district": "district_id"}


def local_date(moment: Any) -> date:
    return moment.astimezone(ZoneInfo(ZONE)).date()  # type: ignore[no-any-return]


def facts(standing: Standing) -> tuple[Any, ...]:
    counts = standing.counts
    return (
        counts.received,
        standing.kept_share,
        standing.answered_share,
        standing.confirmed_share,
        standing.median,
    )


def share(values: list[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def counted(cases: list[Case]) -> tuple[Any, ...]:
    """Count by hand, without tallies."""
    done = [
        (local_date(case.closed_at) - local_date(case.received_at)).days for case in cases if case.state_class == "done"
    ]
    return (
        len(cases),
        share([case.on_time for case in cases if case.on_time is not None]),
        share([case.answered_in_time for case in cases if case.answered_in_time is not None]),
        share([case.confirmed for case in cases if case.confirmed is not None]),
        median(done) if done else None,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_pages_show_equals_a_count_one_by_one(desk: SmallDesk, seed: int, django_assert_num_queries: Any) -> None:
    write_histories(histories=random_histories(desk, count=150, seed=seed), time_zone=ZONE, delivered_at=NOW)
    rebuild_totals()
    since, until = date(2026, 12, 1), date(2027, 2, 1)
    with django_assert_num_queries(2):
        shown = standings(dimensions=tuple(COLUMNS), medians=tuple(COLUMNS), since=since, until=until, kinds=KINDS)
    with django_assert_num_queries(1):
        by_month = months(since=since, until=until, kinds=KINDS)

    cases = [
        case
        for case in Case.objects.exclude(state_class="merged")
        if since <= local_date(case.received_at).replace(day=1) < until
    ]
    assert len(cases) > 50
    for dimension, column in COLUMNS.items():
        groups: dict[int, list[Case]] = defaultdict(list)
        for case in cases:
            # a secret matter is counted for the city and its agency only
            if column in ("category_id", "district_id") and case.privacy == "secret":
                continue
            key = 0 if column is None else getattr(case, column)
            if key is not None:
                groups[key].append(case)
        assert {key: facts(standing) for key, standing in shown[dimension].items()} == {
            key: counted(group) for key, group in groups.items()
        }
    monthly: dict[date, list[Case]] = defaultdict(list)
    for case in cases:
        monthly[local_date(case.received_at).replace(day=1)].append(case)
    assert {month: facts(standing)[:-1] for month, standing in by_month} == {
        month: counted(group)[:-1] for month, group in monthly.items()
    }


def test_other_kinds_are_not_counted_in(desk: SmallDesk) -> None:
    write_histories(histories=random_histories(desk, count=20, seed=9), time_zone=ZONE, delivered_at=NOW)
    rebuild_totals()
    assert standings(dimensions=("all",), since=date(2020, 1, 1), until=date(2030, 1, 1), kinds=("other",)) == {
        "all": {}
    }
