"""Overdue matters climb: each rung once, by the clock alone."""

from datetime import datetime, timedelta

import pytest

from balai.engines.cases.actions import climb as climbing
from balai.engines.cases.actions import climb_ladders
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk, clock_of, resident
from balai.engines.cases.tests.together import run_together
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.messages.models import OutboxMessage

MINUTE = timedelta(minutes=1)


def climb_all(at: datetime) -> int:
    touched = 0
    while count := climb_ladders(at=at):
        touched += count
    return touched


def rungs(case: Case) -> list[tuple[str, float, str, int | None]]:
    events = Event.objects.filter(stream=f"case:{case.reference}", kind="CaseEscalated").order_by("seq")
    return [
        (event.data["clock"], event.data["share"], event.data["level"], event.data.get("raised_to")) for event in events
    ]


def test_each_rung_once_up_to_the_mayor(desk: SmallDesk) -> None:
    case = desk.open()
    day = MORNING
    for _ in range(60):
        day += timedelta(days=1)
        climb_all(day)
        # a second look at the same moment finds nothing to do
        assert climb_all(day) == 0
    assert [rung for rung in rungs(case) if rung[0] == "solution"] == [
        ("solution", 0.5, "handler", None),
        ("solution", 0.8, "head", None),
        ("solution", 1.0, "head", 1),
        ("solution", 1.25, "secretary", 2),
        ("solution", 1.5, "mayor", 3),
    ]
    assert len(rungs(case)) == len(set(rungs(case))) == 9
    case.refresh_from_db()
    assert (case.escalation_level, case.on_time, case.answered_in_time, case.is_open) == (3, False, False, True)
    # a promise is broken at its moment, not when somebody looks
    assert clock_of(case, "solution").met is False
    assert find_break() is None


def test_time_that_rested_reminds_nobody(desk: SmallDesk) -> None:
    case = desk.open()
    first = clock_of(case, "solution").next_step_at
    assert first is not None
    asked = MORNING + MINUTE
    desk.change(case, "ask", at=asked, text="Sebelah mana?")
    # far longer than half of the term
    answered = asked + timedelta(days=60)
    desk.reply(case, "reply", at=answered, text="Kanan")
    climb_all(answered + timedelta(hours=1))
    assert [rung for rung in rungs(case) if rung[0] == "solution"] == []
    again = clock_of(case, "solution").next_step_at
    assert again is not None
    assert again - answered > (first - asked) / 2


def test_the_public_reads_of_a_broken_promise_only(desk: SmallDesk) -> None:
    case = desk.open()
    climb_all(MORNING + timedelta(days=90))
    events = Event.objects.filter(stream=f"case:{case.reference}", kind="CaseEscalated")
    # a worker that comes late climbs many rungs in one go; the reminders among them stay inside
    assert [event.public for event in events] == ["raised_to" in event.data for event in events]
    assert {event.public for event in events} == {True, False}
    other = desk.open()
    solution = clock_of(other, "solution")
    assert solution.next_step_at is not None
    climb_all(solution.next_step_at)
    reminder = Event.objects.filter(stream=f"case:{other.reference}", kind="CaseEscalated").first()
    assert reminder is not None
    assert not reminder.public


def test_waiting_for_the_reporter_nothing_climbs(desk: SmallDesk) -> None:
    case = desk.change(desk.open(), "ask", at=MORNING + MINUTE, text="Sebelah mana?")
    assert climb_all(MORNING + timedelta(days=60)) == 0
    assert Clock.objects.filter(case=case, next_step_at__isnull=False).count() == 0


def test_silence_closes_and_says_so(desk: SmallDesk) -> None:
    case = desk.change(desk.open(reporter=resident()), "answer", at=MORNING + MINUTE, text="Sudah")
    window = clock_of(case, "confirmation").due_at
    assert climb_all(window - MINUTE) == 0
    assert climb_all(window) == 1
    case.refresh_from_db()
    assert (case.state, case.confirmed, case.closed_at) == ("done_silent", False, window)
    event = Event.objects.get(kind="CaseClosedSilently")
    assert (event.actor_kind, event.data["change"]) == ("system", "close_silent")
    assert OutboxMessage.objects.filter(template="complaint_closed").count() == 1
    assert climb_all(window + timedelta(days=30)) == 0


def test_a_rung_that_cannot_be_made_is_not_asked_for_ever(desk: SmallDesk) -> None:
    case = desk.change(desk.open(), "answer", at=MORNING + MINUTE, text="Sudah")
    # from a state that the kind's silent closing does not know, as a mapping between versions might leave it
    Case.objects.filter(pk=case.pk).update(state="working", state_class="working")
    window = clock_of(case, "confirmation").due_at
    assert climb_ladders(at=window) == 1
    assert climb_ladders(at=window) == 0
    case.refresh_from_db()
    assert case.is_open


def test_one_that_fails_does_not_hold_back_the_others(desk: SmallDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = desk.open(), desk.open()
    real = climbing.climb_one

    def climb_one(*, case_id: int, at: datetime) -> bool:
        if case_id == bad.pk:
            raise RuntimeError("broken")
        return real(case_id=case_id, at=at)

    monkeypatch.setattr(climbing, "climb_one", climb_one)
    assert climb_ladders(at=MORNING + timedelta(days=90)) == 1
    assert rungs(good)
    assert not rungs(bad)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_climb_each_rung_once(shared_desk: SmallDesk) -> None:
    cases = [shared_desk.open() for _ in range(5)]
    at = MORNING + timedelta(days=90)
    results = run_together([lambda: climb_all(at)] * 4)
    assert all(isinstance(item, int) for item in results), results
    for case in cases:
        assert len(rungs(case)) == 9
    assert find_break() is None


def test_answered_after_the_breach_the_promise_stays_broken(desk: SmallDesk) -> None:
    case = desk.open()
    late = MORNING + timedelta(days=60)
    # even when no worker ran in between
    case = desk.change(case, "answer", at=late, text="Maaf, baru selesai")
    assert (case.on_time, case.answered_in_time) == (False, False)
    with pytest.raises(ChangeRefused):
        desk.change(case, "ask", at=late, text="Masih?")
