"""The lists of a desk: each matter once, in order, read from an index that has the list's own order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balai.engines.cases.models import Case
from balai.engines.cases.queries.desk import DeskFilter, DeskPage, Key, desk_page
from balai.engines.cases.tests.small_desk import MORNING, ZONE, SmallDesk

NOON = MORNING + timedelta(hours=2)
INDEXES = {
    "late": "cases_due",
    "open": "cases_due",
    "new": "cases_open_state",
    "ended": "cases_ended",
    "all": "cases_family_new",
}


def page(desk: SmallDesk, *, after: Key | None = None, size: int = 2, **wanted: str) -> DeskPage:
    return desk_page(
        family="complaint",
        authority=desk.authority(),
        user_id=desk.sari.pk,
        wanted=DeskFilter(**wanted),
        after=after,
        at=NOON,
        time_zone=ZONE,
        size=size,
    )


def walked(desk: SmallDesk, *, size: int, **wanted: str) -> list[str]:
    """Return the references of all pages of a list, one page after another."""
    found: list[str] = []
    after: Key | None = None
    while True:
        now = page(desk, after=after, size=size, **wanted)
        assert len(now.rows) <= size
        found += [case.reference for case in now.rows]
        if now.next_key is None:
            return found
        after = now.next_key


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_show_each_matter_once_and_the_undated_last(desk: SmallDesk, size: int) -> None:
    cases = [desk.open() for _ in range(7)]
    # two share a moment, three have none: their promises rest
    for case, hours in zip(cases, (3, 1, 1, 2, None, None, None), strict=True):
        Case.objects.filter(pk=case.pk).update(due_at=None if hours is None else MORNING + timedelta(hours=hours))
    expected = [cases[number].reference for number in (1, 2, 3, 0, 4, 5, 6)]
    assert walked(desk, size=size, group="open") == expected
    newest_first = [case.reference for case in reversed(cases)]
    assert walked(desk, size=size, group="all") == newest_first


@pytest.mark.django_db
def test_a_page_is_one_statement_and_two_where_dates_end(desk: SmallDesk) -> None:
    cases = [desk.open() for _ in range(4)]
    Case.objects.filter(pk__in=[case.pk for case in cases[2:]]).update(due_at=None)

    def statements(after: Key | None) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(desk, after=after, size=1, group="open")
        return len(queries)

    first = page(desk, size=1, group="open")
    assert (statements(None), statements(first.next_key)) == (1, 2)
    undated = page(desk, size=3, group="open").next_key
    assert undated is not None
    assert undated.value is None
    assert statements(undated) == 1


@pytest.mark.django_db
def test_a_list_is_narrowed_by_what_things_are_called(desk: SmallDesk) -> None:
    west = desk.open()
    east = desk.open(
        village_id=desk.east_village.pk,
        district_id=desk.east.pk,
        unit_id=desk.water.pk,
        category_id=desk.shelter.pk,
        privacy="secret",
    )
    for name, value in (
        ("unit", "air"),
        ("district", "35.73.02"),
        ("village", "35.73.02.1001"),
        ("category", "shelter"),
    ):
        assert walked(desk, size=5, group="all", **{name: value}) == [east.reference], name
    assert walked(desk, size=5, group="all", unit="dpu", level="0") == [west.reference]
    assert walked(desk, size=5, group="all", unit="no-such-unit") == []


@pytest.mark.django_db
@pytest.mark.parametrize("group", sorted(INDEXES))
def test_a_standing_list_reads_an_index_in_its_own_order(desk: SmallDesk, group: str) -> None:
    """On few rows a planner would rather read all of them; told not to, it shows what the indexes allow.

    Two indexes that begin alike cost the same on one row, so those of the other lists are out of its way.
    """
    desk.open()
    with CaptureQueriesContext(connection) as queries:
        page(desk, group=group)
    (statement,) = [query["sql"] for query in queries.captured_queries]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            for other in set(INDEXES.values()) - {INDEXES[group]}:
                cursor.execute(f"DROP INDEX {other}")  # until this test's transaction is rolled back
            cursor.execute("EXPLAIN " + statement)
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + statement.replace("%", "%%"), [])
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert INDEXES[group] in plan, plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
