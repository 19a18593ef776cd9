"""The record in the database: written once, proved, delivered."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from balai.foundation.events import actions
from balai.foundation.events.actions import SETTLED_AFTER, append, deliver, publish, seal_settled
from balai.foundation.events.contributions import Subscription
from balai.foundation.events.facts import DomainEvent, Fact
from balai.foundation.events.models import Event, Retry, Seal, StreamHead
from balai.foundation.events.queries import find_break, stream_events
from balai.foundation.events.rules import SYSTEM, Actor, Break, Head

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SETTLED = AT + SETTLED_AFTER + timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class LampLit(DomainEvent):
    """A lamp was lit."""

    lamp_id: int
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class LampBroke(DomainEvent):
    """A lamp broke."""

    lamp_id: int


def light(stream: str = "lamp:1", *, times: int = 1, at: datetime = AT) -> Head:
    head = Head()
    for number in range(times):
        head = append(stream=stream, event=LampLit(lamp_id=number, share=1.0), actor=Actor("staff", 7, 8), at=at)
    return head


@contextmanager
def tampering() -> Iterator[None]:
    """Do what only somebody with the database's own keys can do: work around the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'events_no_update'")
            [trigger] = cursor.fetchone()
            cursor.execute("DROP TRIGGER events_no_update")
        yield
        if connection.vendor == "postgresql":
            # a table whose rows still have to be looked up by others cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE events_event ENABLE TRIGGER USER")
        else:
            cursor.execute(trigger)


def test_a_stream_holds() -> None:
    head = light(times=3)
    assert [event.seq for event in stream_events(stream="lamp:1")] == [1, 2, 3]
    assert StreamHead.objects.get().hash == head.hash == Event.objects.get(seq=3).hash
    assert find_break() is None


def test_several_facts_of_one_change_are_one_statement(django_assert_num_queries: Any) -> None:
    facts = [Fact(event=LampLit(lamp_id=number), actor=SYSTEM, public=number == 0) for number in range(3)]
    with django_assert_num_queries(1):
        head = publish(stream="lamp:2", head=Head(), facts=facts, at=AT)
    assert head.seq == 3
    assert publish(stream="lamp:2", head=head, facts=[], at=AT) == head
    assert [event.data for event in stream_events(stream="lamp:2", public_only=True)] == [{"lamp_id": 0}]


def test_the_same_place_is_not_taken_twice() -> None:
    light()
    with pytest.raises(DatabaseError), transaction.atomic():
        publish(stream="lamp:1", head=Head(), facts=[Fact(event=LampBroke(lamp_id=1), actor=SYSTEM)], at=AT)


HASHED = [
    {"stream": "lamp:9"},
    {"seq": 9},
    {"at": AT + timedelta(days=1)},
    {"kind": "LampBroke"},
    {"actor_kind": "system"},
    {"actor_id": 1},
    {"post_id": None},
    {"public": True},
    {"data": {"lamp_id": 99}},
    {"previous_hash": "x"},
    {"hash": "x"},
]


@pytest.mark.parametrize("values", HASHED, ids="-".join)
def test_the_database_refuses_to_change_the_record(values: dict[str, Any]) -> None:
    light()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(**values)
    assert find_break() is None


def test_the_workers_note_stays_writable() -> None:
    light()
    assert Event.objects.update(delivered_at=AT) == 1


@pytest.mark.postgresql
def test_the_database_refuses_to_remove_from_the_record() -> None:
    light()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()
    assert Event.objects.count() == 1


@pytest.mark.parametrize("values", HASHED[2:9], ids="-".join)
def test_a_changed_row_is_found(values: dict[str, Any]) -> None:
    light(times=3)
    light("lamp:2")
    with tampering():
        Event.objects.filter(stream="lamp:1", seq=2).update(**values)
    assert find_break() == Break("lamp:1", 2, "was changed")


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_removed_row_is_found(seq: int) -> None:
    light(times=3)
    with tampering():
        Event.objects.filter(seq=seq).delete()
    assert find_break() == Break("lamp:1", min(3, seq), "missing")


def test_a_whole_stream_that_vanished_is_found() -> None:
    light(times=2)
    light("lamp:2", times=2)
    assert seal_settled(at=SETTLED) == 4
    assert find_break() is None
    with tampering():
        Event.objects.filter(stream="lamp:2").delete()
    StreamHead.objects.filter(stream="lamp:2").delete()
    broken = find_break()
    assert broken == Break("seals", Seal.objects.get().pk, "holds 2 events instead of 4")


def test_a_stream_put_in_place_of_another_is_found() -> None:
    light(times=2)
    seal_settled(at=SETTLED)
    ids = list(Event.objects.values_list("pk", flat=True))
    with tampering():
        Event.objects.all().delete()
        StreamHead.objects.all().delete()
        light("lamp:forged", times=2)
        for key, row in zip(ids, Event.objects.order_by("seq"), strict=True):
            Event.objects.filter(pk=row.pk).update(id=key)
    broken = find_break()
    assert broken is not None
    assert (broken.stream, broken.reason) == ("seals", "was changed")


def test_a_seal_that_vanished_is_found() -> None:
    for minutes in (0, 1, 2):
        light(f"lamp:{minutes}", at=AT + timedelta(minutes=minutes))
        seal_settled(at=SETTLED + timedelta(minutes=minutes))
    assert Seal.objects.count() == 3
    Seal.objects.order_by("id")[1].delete()
    broken = find_break()
    assert broken is not None
    assert broken.reason == "does not follow the seal before it"


def test_what_has_not_settled_is_not_sealed_yet() -> None:
    light(at=AT)
    light("lamp:2", at=SETTLED)
    light("lamp:3", at=AT)
    assert seal_settled(at=SETTLED) == 1
    assert seal_settled(at=SETTLED) == 0
    assert seal_settled(at=SETTLED + SETTLED_AFTER) == 2
    assert find_break() is None


def test_what_an_import_wrote_just_now_is_not_old() -> None:
    """Its moments lie years back, but a neighbour with a smaller key may still be about to commit."""
    light(at=AT - timedelta(days=700))
    Event.objects.update(delivered_at=AT)
    assert seal_settled(at=AT + timedelta(minutes=1)) == 0
    assert seal_settled(at=SETTLED) == 1


def test_the_command_says_what_holds_and_names_what_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    light(times=2)
    call_command("events", "verify")
    assert "2 events, every link holds." in capsys.readouterr().out
    with tampering():
        Event.objects.filter(seq=2).update(data={"lamp_id": 99})
    with pytest.raises(CommandError, match="Broken at lamp:1 link 2: was changed"):
        call_command("events", "verify")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What a listener heard, which fails for lamp 13."""
    found: list[tuple[str, int]] = []

    def listen(*, event: Event) -> None:
        if event.data["lamp_id"] == 13:
            raise RuntimeError("unlucky")
        found.append((event.kind, event.data["lamp_id"]))

    monkeypatch.setattr(actions, "contributions", lambda _kind: (Subscription(event=LampLit, call=listen),))
    return found


def say(*lamps: int) -> None:
    for lamp in lamps:
        append(stream=f"lamp:{lamp}", event=LampLit(lamp_id=lamp), actor=SYSTEM, at=AT)


def test_each_event_is_delivered_once_when_all_goes_well(heard: list[tuple[str, int]]) -> None:
    say(1, 2)
    append(stream="lamp:1", event=LampBroke(lamp_id=1), actor=SYSTEM, at=AT)
    assert deliver(at=AT) == 3
    assert deliver(at=AT) == 0
    assert heard == [("LampLit", 1), ("LampLit", 2)], "only what was subscribed to"


def test_one_that_fails_holds_back_only_itself_and_comes_again(heard: list[tuple[str, int]]) -> None:
    say(12, 13, 14)
    assert deliver(at=AT) == 2
    assert [lamp for _, lamp in heard] == [12, 14]
    assert Event.objects.get(delivered_at__isnull=True).data["lamp_id"] == 13
    assert deliver(at=AT) == 0
    assert [lamp for _, lamp in heard] == [12, 14]
    say(15)
    assert deliver(at=AT) == 1
    assert [lamp for _, lamp in heard] == [12, 14, 15], "what came later does not wait for it"


def test_an_empty_round_only_looks(heard: list[tuple[str, int]], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert deliver(at=AT) == 0
    say(13)
    deliver(at=AT)
    # one that waits for its next try is no reason to lock either
    with django_assert_num_queries(1):
        assert deliver(at=AT + timedelta(seconds=1)) == 0


def test_who_fails_is_asked_again_after_growing_pauses_until_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    well = False

    def steady(*, event: Event) -> None:
        heard.append("steady")

    def shaky(*, event: Event) -> None:
        heard.append("shaky")
        if not well:
            raise RuntimeError("not yet")

    both = (Subscription(event=LampLit, call=steady), Subscription(event=LampLit, call=shaky))
    monkeypatch.setattr(actions, "contributions", lambda _kind: both)
    say(1)
    moments = [AT]
    deliver(at=AT)
    for _ in range(15):
        again = Retry.objects.get().next_try_at
        assert deliver(at=again - timedelta(seconds=0.5)) == deliver(at=again) == 0
        moments.append(again)
    assert heard == ["steady", *["shaky"] * 16], "each once a pause, and who has listened is not asked again"
    pauses = [(later - sooner).total_seconds() for sooner, later in pairwise(moments)]
    assert all(2**n <= pause <= 2**n * 1.5 for n, pause in enumerate(pauses[:11], 1)), pauses
    assert all(3600 <= pause <= 3600 * 1.5 for pause in pauses[11:]), pauses
    well = True
    assert deliver(at=moments[-1] + timedelta(hours=2)) == 1
    assert heard.count("steady") == 1
    assert not Event.objects.filter(delivered_at__isnull=True).exists()
    assert not Retry.objects.exists()


def test_nobody_waits_for_a_listener_that_was_taken_out(
    heard: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(13)
    assert deliver(at=AT) == 0
    monkeypatch.setattr(actions, "contributions", lambda _kind: ())
    assert deliver(at=AT + timedelta(minutes=1)) == 1
    assert not Retry.objects.exists()


def test_a_worker_that_dies_hands_over_again(heard: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    say(1, 2)

    class Killed(BaseException):
        pass

    def die(*, event: Event) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(actions, "contributions", lambda _kind: (Subscription(event=LampLit, call=die),))
        with pytest.raises(Killed), transaction.atomic():
            deliver(at=AT)
    assert Event.objects.filter(delivered_at__isnull=True).count() == 2
    assert deliver(at=AT) == 2
    assert [lamp for _, lamp in heard] == [1, 2]


def test_what_a_failing_listener_wrote_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(*, event: Event) -> None:
        StreamHead.objects.create(stream="half")
        raise RuntimeError("after the first write")

    monkeypatch.setattr(actions, "contributions", lambda _kind: (Subscription(event=LampLit, call=half),))
    say(1)
    deliver(at=AT)
    assert not StreamHead.objects.filter(stream="half").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_several_workers_hand_each_event_over_once_and_keep_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, int]] = []

    def steady(*, event: Event) -> None:
        calls.append(("steady", event.data["lamp_id"]))

    def shaky(*, event: Event) -> None:
        calls.append(("shaky", event.data["lamp_id"]))
        if event.data["lamp_id"] % 5 == 0:
            raise RuntimeError("unlucky")

    both = (Subscription(event=LampLit, call=steady), Subscription(event=LampLit, call=shaky))
    monkeypatch.setattr(actions, "contributions", lambda _kind: both)
    monkeypatch.setattr(actions, "DELIVERY_BATCH", 3)
    say(*range(30))
    start = threading.Barrier(4)

    def work(_number: int) -> int:
        try:
            start.wait(timeout=20)
            return sum(deliver(at=AT) for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as workers:
        done = sum(workers.map(work, range(4)))
    assert done == 24
    assert sorted(calls) == sorted((name, lamp) for name in ("steady", "shaky") for lamp in range(30))
    assert sorted(Retry.objects.values_list("event__data__lamp_id", flat=True)) == [0, 5, 10, 15, 20, 25]


def test_a_stream_that_no_column_holds_is_refused_on_every_database() -> None:
    with pytest.raises(ValueError, match="longer than 40"):
        light("lamp:" + "x" * 36)
