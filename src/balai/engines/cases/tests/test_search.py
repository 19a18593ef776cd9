"""Matters are found by their words, by each circle of readers only in what it may read."""

from typing import Any

import pytest
from django.core.management import call_command

from balai.engines.cases import tasks
from balai.engines.cases.actions import open_case
from balai.engines.cases.actions.search import index_cases, index_missing
from balai.engines.cases.bulk import write_histories
from balai.engines.cases.models import Case
from balai.engines.cases.queries.search import DESK, PUBLIC, missing, says
from balai.engines.cases.tests.past import NOW, random_histories
from balai.engines.cases.tests.small_desk import MORNING, ZONE, SmallDesk
from balai.foundation.events.actions import deliver
from balai.foundation.search.models import Entry


def found(text: str, source: str) -> set[int]:
    return set(Case.objects.filter(says(text, source=source)).values_list("pk", flat=True))


def test_a_new_matter_is_found_once_the_worker_has_heard_of_it(desk: SmallDesk) -> None:
    open_case(intake=desk.intake(text="Penerangan jalan mati, hubungi 081234567890"), at=MORNING)
    case = Case.objects.get()
    assert not Entry.objects.exists()
    while deliver(at=MORNING):
        pass
    assert found("terang jl", PUBLIC) == found("terang jl", DESK) == {case.pk}
    # what is masked for the public is no word of the public search
    assert (found("081234567890", PUBLIC), found("081234567890", DESK)) == (set(), {case.pk})
    # too little to search finds nothing, and is no error
    assert found("di", PUBLIC) == set()


@pytest.mark.parametrize(
    ("privacy", "public", "desk_finds"),
    [("named", True, True), ("anonymous", True, True), ("private", False, True), ("secret", False, False)],
)
def test_hidden_words_are_in_no_index_that_could_tell_them(
    desk: SmallDesk, privacy: str, public: bool, desk_finds: bool
) -> None:
    open_case(intake=desk.intake(text="Pungutan liar di kantor"), at=MORNING)
    case = Case.objects.get()
    index_cases(rows=Case.objects.all())
    Case.objects.update(privacy=privacy, public_lat=None, public_lon=None, map_cell=None)
    index_cases(rows=Case.objects.all())
    assert found("pungutan", PUBLIC) == ({case.pk} if public else set())
    assert found("pungutan", DESK) == ({case.pk} if desk_finds else set())
    assert not Case.objects.filter(missing()).exists()


def test_whole_pasts_are_found_after_the_periodic_job_and_a_rebuild_fills_what_is_missing(
    desk: SmallDesk, django_assert_num_queries: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write_histories(histories=random_histories(desk, count=40, seed=4), time_zone=ZONE, delivered_at=NOW)
    assert found("lubang", PUBLIC) == set()
    tasks.words()
    everything, kept = found("lubang", PUBLIC), Entry.objects.count()
    assert everything == set(Case.objects.exclude(privacy="secret").values_list("pk", flat=True))
    assert len(everything) < Case.objects.count()
    with django_assert_num_queries(1):
        assert index_missing() == 0
    Entry.objects.filter(object_id__in=sorted(everything)[:5]).delete()
    call_command("search", "rebuild")
    assert "cases: 5 added" in capsys.readouterr().out
    call_command("search", "rebuild")
    assert "cases: 0 added" in capsys.readouterr().out
    call_command("search", "rebuild", "--anew")
    assert f"cases: {len(everything)} added" in capsys.readouterr().out
    assert (found("lubang", PUBLIC), Entry.objects.count()) == (everything, kept)
