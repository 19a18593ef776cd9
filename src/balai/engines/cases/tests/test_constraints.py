"""The database refuses the impossible, whatever the code does."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from balai.engines.cases.models import Case, Clock, Entry, Follower, KindVersion, RegisterCounter, Support
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk, clock_of, resident

IMPOSSIBLE: list[dict[str, Any]] = [
    {"is_open": False},
    {"closed_at": MORNING},
    {"state_class": "merged"},
    {"rating": 0},
    {"rating": 6},
    {"promised_at": MORNING - timedelta(seconds=1)},
    {"privacy": "secret"},  # while it stands on the map
    {"privacy": "anonymous"},  # while it names a reporter
]


@pytest.mark.parametrize("values", IMPOSSIBLE, ids="-".join)
def test_no_impossible_matter(desk: SmallDesk, values: dict[str, Any]) -> None:
    case = desk.open(reporter=resident())
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**values)


def test_nothing_goes_on_as_itself(desk: SmallDesk) -> None:
    case = desk.open()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(merged_into=case.pk)


@pytest.mark.parametrize("values", [{"due_at": MORNING - timedelta(days=1)}, {"stopped_at": MORNING, "met": None}])
def test_no_impossible_clock(desk: SmallDesk, values: dict[str, Any]) -> None:
    clock = clock_of(desk.open(), "solution")
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(**values)


def test_no_two_of_what_there_is_once(desk: SmallDesk) -> None:
    case, other = desk.open(submission_key="a"), desk.open()
    person = resident()
    clock = clock_of(case, "solution")
    entry: dict[str, Any] = {"case": case, "seq": 1, "kind": "note", "audience": "staff", "text": "x", "at": MORNING}
    once: list[tuple[type[Any], dict[str, Any]]] = [
        (
            Clock,
            {
                "case": case,
                "name": "second",
                "term": clock.term,
                "started_at": MORNING,
                "due_at": MORNING,
                "original_due_at": MORNING,
            },
        ),
        (Entry, entry),
        (Support, {"case": case, "key": "k", "at": MORNING}),
        (Follower, {"case": case, "resident": person, "at": MORNING}),
        (RegisterCounter, {"unit": desk.works, "year": 2026}),
        (KindVersion, {"slug": "x", "version": 1, "definition": {}, "published_at": MORNING}),
    ]
    for model, values in once:
        model.objects.create(**values)
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**values)
    for column, value in (("reference", case.reference), ("submission_key", "a")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=other.pk).update(**{column: value})


def test_what_a_matter_needs_is_not_deleted_under_it(desk: SmallDesk) -> None:
    from django.db.models import ProtectedError

    case = desk.open(reporter=resident())
    for row in (desk.road, desk.works, desk.west_village, case.reporter):
        with pytest.raises(ProtectedError):
            row.delete()  # type: ignore[union-attr]
