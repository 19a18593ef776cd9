"""What was promised stays promised: due dates, kinds and corrections."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from balai.engines.cases.actions import CaseMovedOn, correct_case, kinds, publish_kinds
from balai.engines.cases.actions.kinds import BadKind, kind_at, newest_version, publish_kind
from balai.engines.cases.actions.support import support_case
from balai.engines.cases.models import Case, Clock, Follower, KindVersion, Support
from balai.engines.cases.rules.kinds import UnknownChange
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk, clock_of, resident
from balai.engines.cases.tests.together import run_together
from balai.foundation.calendar.models import CalendarVersion, Holiday
from balai.foundation.calendar.rules import Term
from balai.foundation.events.models import Event
from balai.foundation.events.rules import Actor

LATER = MORNING + timedelta(hours=1)


def due_dates() -> list[tuple[object, ...]]:
    return list(Clock.objects.order_by("id").values_list("id", "due_at", "next_step_at")) + list(
        Case.objects.order_by("id").values_list("id", "due_at", "promised_at")
    )


def test_a_new_day_off_moves_no_promise_that_was_made(desk: SmallDesk) -> None:
    case = desk.open()
    before = due_dates()
    for days in range(1, 20):
        Holiday.objects.create(date=(MORNING + timedelta(days=days)).date(), name="Libur", kind="city")
    CalendarVersion.objects.update(version=2)
    # a change that does not touch the clocks leaves them as well
    desk.change(case, "note", at=LATER, text="Catatan")
    assert due_dates() == before
    # what begins now is promised by the new calendar
    assert clock_of(desk.open(), "solution").due_at > clock_of(case, "solution").due_at


def test_a_new_version_is_for_new_matters(desk: SmallDesk) -> None:
    case = desk.open()
    kind = kind_at("complaint", case.kind_version)
    before = due_dates()
    shorter = replace(
        kind,
        label_id="Pengaduan baru",
        changes=tuple(change for change in kind.changes if change.name != "extend"),
        clocks=tuple(
            replace(clock, term=Term(amount=1, unit="working_days")) if clock.name == "solution" else clock
            for clock in kind.clocks
        ),
    )
    newer = publish_kind(kind=shorter, at=LATER)
    assert newer.version == case.kind_version + 1 == newest_version("complaint")
    assert due_dates() == before
    # the running one is still extended, by its own version; the new one cannot be
    fresh = desk.open()
    assert fresh.kind_version == newer.version
    assert clock_of(fresh, "solution").due_at < clock_of(case, "solution").due_at
    assert desk.change(case, "extend", at=LATER, text="Bahan belum datang").kind_version == case.kind_version
    with pytest.raises(UnknownChange):
        desk.change(fresh, "extend", at=LATER, text="Bahan belum datang")


def test_a_new_version_counts_from_the_commit_whatever_others_read_before(
    desk: SmallDesk, django_capture_on_commit_callbacks: Any
) -> None:
    old = newest_version("complaint")
    longer = replace(kind_at("complaint", old), label_id="Pengaduan baru")
    with django_capture_on_commit_callbacks(execute=True):
        publish_kind(kind=longer, at=LATER)
        # somebody else's report, which does not see the new version yet
        kinds._newest.get("complaint", lambda: old)
        assert newest_version("complaint") == old
    assert newest_version("complaint") == old + 1


def test_the_same_kind_is_published_once(desk: SmallDesk) -> None:
    count = KindVersion.objects.count()
    assert count > 0, "preparing the tables publishes what the modules offer"
    publish_kinds(at=LATER)
    assert KindVersion.objects.count() == count


def test_a_kind_that_cannot_work_is_not_published(desk: SmallDesk) -> None:
    kind = kind_at("complaint", newest_version("complaint"))
    with pytest.raises(BadKind, match="dead end"):
        publish_kind(kind=replace(kind, changes=kind.changes[:2]), at=LATER)


def test_correcting_keeps_the_words_and_rounds_the_place(desk: SmallDesk) -> None:
    case = desk.open()
    before = due_dates()
    corrected = correct_case(
        case_id=case.pk, category=desk.shelter, actor=Actor("staff", desk.sari.pk), expected_seq=case.seq, at=LATER
    )
    # a sensitive category: the public sees about a hundred metres
    assert (corrected.public_lat, corrected.public_lon) != (case.lat, case.lon)
    assert (corrected.text, corrected.unit_id, corrected.lat) == (case.text, case.unit_id, case.lat)
    assert due_dates() == before
    event = Event.objects.get(kind="CaseCorrected")
    assert event.data == {"category_id": desk.shelter.pk}
    with pytest.raises(CaseMovedOn):
        correct_case(
            case_id=case.pk, category=desk.road, actor=Actor("staff", desk.sari.pk), expected_seq=case.seq, at=LATER
        )


def test_correcting_the_place(desk: SmallDesk) -> None:
    case = correct_case(
        case_id=desk.open().pk,
        lat=-7.976,
        lon=112.625,
        village_id=desk.east_village.pk,
        district_id=desk.east.pk,
        actor=Actor("staff", desk.sari.pk),
        at=LATER,
    )
    assert (case.village_id, case.district_id, case.public_lat, case.public_lon) == (
        desk.east_village.pk,
        desk.east.pk,
        -7.976,
        112.625,
    )


def test_one_device_supports_once(desk: SmallDesk) -> None:
    case, other = desk.open(), desk.open()
    assert support_case(case=case, device="a", at=LATER)
    assert not support_case(case=case, device="a", at=LATER)
    assert support_case(case=case, device="b", resident_id=resident().pk, at=LATER)
    assert support_case(case=other, device="a", at=LATER)
    case.refresh_from_db()
    assert case.support_count == 2
    assert Follower.objects.count() == 1
    # the device cannot be read back, nor followed from one matter to the next
    keys = list(Support.objects.values_list("key", flat=True))
    assert len(set(keys)) == 3
    assert "a" not in keys


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_count_once(shared_desk: SmallDesk) -> None:
    case = shared_desk.open()
    results = run_together([lambda: support_case(case=case, device="a", at=LATER)] * 8)
    assert not any(isinstance(item, Exception) for item in results), results
    # and different devices at once are all counted
    run_together([lambda name=name: support_case(case=case, device=name, at=LATER) for name in "bcdefgh"])
    case.refresh_from_db()
    assert case.support_count == Support.objects.filter(case=case).count() == 8
