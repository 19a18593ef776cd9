"""Handing work over: it waits here, is taken in, answered, called back; staff watch it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.foundation.identity.models import Role, User
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.outbound import actions, client, queries
from balai.foundation.outbound.actions import AnswerRefused
from balai.foundation.outbound.models import Delivery, HandOver, OutsideSystem, Probe, Webhook
from balai.foundation.outbound.rules.signatures import sign
from balai.foundation.outbound.tests.receiver import Receiver, receiver
from balai.foundation.units.models import Holding
from balai.foundation.units.tests.city import Town

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture
def system(town: Town, other: Receiver) -> OutsideSystem:
    return open_("oss", other.address, unit_id=town.units["roads"].pk)


def open_(slug: str, address: str, *, unit_id: int) -> OutsideSystem:
    name = slug.upper()
    return actions.open_system(slug=slug, name=name, address=address, unit_id=unit_id, actor=SYSTEM, at=AT)[0]


def hand(**more: Any) -> HandOver:
    facts = {"system": "oss", "owner_kind": "application", "owner_id": 7, "step": "nib", "payload": {"nama": "Siti"}}
    return actions.hand_over(**{**facts, **more}, at=AT)


def test_handed_over_taken_and_answered(system: OutsideSystem, other: Receiver) -> None:
    row = hand()
    assert hand().pk == row.pk
    stored = HandOver.objects.extra(select={"raw": "payload"}).get().raw
    assert "Siti" not in stored
    other.body = json.dumps({"number": "OSS-1"}).encode()
    assert actions.send_hand_overs(at=AT) == 1
    row.refresh_from_db()
    assert (row.state, row.number, row.taken_at) == ("taken", "OSS-1", AT)
    assert other.said() == {"key": str(row.key), "step": "nib", "turn": 0, "data": {"nama": "Siti"}}
    assert other.heard[0][1]["idempotency-key"] == str(row.key)
    assert actions.send_hand_overs(at=AT + timedelta(days=1)) == 0
    answer = callback(system, {"key": str(row.key), "state": "answered", "words": "NIB terbit"})
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.state, row.words, row.payload) == ("answered", "NIB terbit", "")
    kinds = list(Event.objects.filter(stream="outside:oss").order_by("seq").values_list("kind", flat=True))
    assert kinds == ["OutsideSystemChanged", "HandedOver", "HandOverTaken", "HandOverEnded"]


def callback(system: OutsideSystem, said: Any, *, message_id: str = "m1", secret: str = "", at: datetime = AT) -> Any:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    with time_machine.travel(AT, tick=False):
        return Client().post(
            reverse("outbound:answer", args=[system.slug]),
            body,
            content_type="application/json",
            headers={
                "webhook-id": message_id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": sign(secret=secret or system.secret, message_id=message_id, at=at, body=body),
            },
        )


def test_an_answer_counts_once_and_only_from_them(system: OutsideSystem, town: Town, other: Receiver) -> None:
    row = hand()
    good = {"key": str(row.key), "state": "refused", "words": "Lokasi tidak sesuai"}
    assert callback(system, good, secret="whsec_AAAA").status_code == 401
    assert callback(system, good, at=AT - timedelta(minutes=6)).status_code == 401
    stranger = open_("lain", other.address, unit_id=system.unit_id)
    # another system, with its own good signature, knows nothing of this key
    assert callback(stranger, good).status_code == 404
    assert callback(system, b"[1, 2").status_code == 422
    assert callback(system, {"key": str(row.key), "state": "lain"}).status_code == 422
    for no_key in ("x", "x" * 36, None, ["a"]):
        assert callback(system, {"key": no_key, "state": "taken"}).status_code == 404
    assert callback(system, b" " * 70_000).status_code == 413
    assert HandOver.objects.get(pk=row.pk).state == "waiting"
    assert callback(system, good, message_id="m2").status_code == 200
    assert callback(system, good, message_id="m2").status_code == 200
    assert Event.objects.filter(kind="HandOverEnded").count() == 1
    late = callback(system, {**good, "state": "answered"}, message_id="m3")
    assert late.status_code == 409
    assert late["Content-Type"].startswith("application/problem+json")
    OutsideSystem.objects.filter(pk=system.pk).update(active=False)
    assert callback(system, good, message_id="m4").status_code == 401


def test_while_they_are_away_everything_waits_here(town: Town) -> None:
    with receiver() as gone:
        address = gone.address
    open_("oss", address, unit_id=town.units["roads"].pk)
    row = hand()
    at = AT
    for tries in range(1, 15):
        assert actions.send_hand_overs(at=at) == 1
        row.refresh_from_db()
        assert (row.state, row.tries) == ("waiting", tries)
        assert row.problem.startswith("unreachable")
        assert row.next_try_at is not None
        at = row.next_try_at
    assert actions.alarm_stuck(at=AT + timedelta(hours=23)) == 0
    assert actions.alarm_stuck(at=AT + timedelta(hours=25)) == 1
    assert actions.alarm_stuck(at=AT + timedelta(hours=26)) == 0
    assert OutboxMessage.objects.filter(template="hand_over_stuck").count() >= 1
    (line,) = queries.system_lines(at=at)
    assert line.waiting == 1
    assert line.oldest == AT
    assert line.last is not None
    assert not line.last.ok
    assert line.share == 0
    with receiver() as back:
        OutsideSystem.objects.update(address=back.address)
        actions.send_hand_overs(at=at)
        assert len(back.heard) == 1
    assert HandOver.objects.get().state == "taken"
    page = Client(headers={"accept-language": "id"}).get(reverse("outbound:availability"))
    assert "OSS" in page.content.decode()


def drop(**more: Any) -> int:
    return actions.drop_hand_overs(**{"owner_kind": "application", "owner_id": 7, **more}, at=AT)


def test_what_counts_no_more_is_told_to_whoever_has_it(system: OutsideSystem, other: Receiver) -> None:
    row = hand()
    actions.send_hand_overs(at=AT)
    assert drop() == 1
    other.status = 503
    assert actions.send_recalls(at=AT) == 1
    row.refresh_from_db()
    assert (row.state, row.recall_tries, row.problem, row.recalled_at) == ("dropped", 1, "bad_status: 503", None)
    assert actions.send_recalls(at=AT) == 0
    other.status = 200
    assert row.recall_at is not None
    again = row.recall_at
    assert actions.send_recalls(at=again) == 1
    assert other.said() == {"key": str(row.key), "step": "nib", "turn": 0, "state": "withdrawn"}
    heads = [headers for _method, headers, _body in other.heard]
    assert heads[-1]["idempotency-key"] == heads[-2]["idempotency-key"] == f"{row.key}-withdrawn"
    assert heads[-1]["idempotency-key"] != heads[0]["idempotency-key"]
    signature = sign(secret=system.secret, message_id=heads[-1]["webhook-id"], at=again, body=other.heard[-1][2])
    assert heads[-1]["webhook-signature"] == signature
    row.refresh_from_db()
    assert (row.recall_at, row.recalled_at, row.problem) == (None, again, "")
    assert actions.send_recalls(at=again + timedelta(days=1)) == 0


def test_what_never_left_is_not_called_back(system: OutsideSystem, other: Receiver) -> None:
    hand()
    assert drop() == 1
    assert actions.send_recalls(at=AT + timedelta(days=1)) == 0
    assert other.heard == []


def test_what_they_answered_is_not_called_back(system: OutsideSystem, other: Receiver) -> None:
    row = hand()
    actions.send_hand_overs(at=AT)
    callback(system, {"key": str(row.key), "state": "answered"})
    assert drop() == 0
    assert actions.send_recalls(at=AT + timedelta(days=1)) == 0


def test_whoever_does_not_understand_is_asked_once(system: OutsideSystem, other: Receiver) -> None:
    row = hand()
    actions.send_hand_overs(at=AT)
    actions.give_up(hand_over_id=row.pk, words="Dikerjakan di sini", actor=SYSTEM, at=AT)
    other.status = 422
    assert actions.send_recalls(at=AT) == 1
    row.refresh_from_db()
    assert (row.recall_at, row.recalled_at, row.problem) == (None, AT, "bad_status: 422")


def test_what_ends_on_its_way_is_called_back(
    system: OutsideSystem, other: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is dropped while our call is under way: they may have it, whether we hear their answer or not."""
    real = client.send
    for broken in (False, True):
        row = hand(step=f"nib-{broken}")

        def slow(is_broken: bool = broken, **sent: Any) -> Any:
            drop()
            answer = real(**sent)
            if is_broken:
                raise client.NotDelivered("unreachable")
            return answer

        monkeypatch.setattr("balai.foundation.outbound.actions.hand_overs.send", slow)
        actions.send_hand_overs(at=AT)
        row.refresh_from_db()
        assert (row.state, row.recall_at) == ("dropped", AT)


@pytest.mark.parametrize("is_sending", [False, True])
def test_whoever_is_told_before_they_have_it_is_told_again(
    system: OutsideSystem, other: Receiver, monkeypatch: pytest.MonkeyPatch, is_sending: bool
) -> None:
    """The second try is under way when it is dropped, and another worker is faster with the word of that."""
    row = hand()
    other.status = 503
    actions.send_hand_overs(at=AT)
    real, later = client.send, AT + timedelta(hours=1)

    def recalled() -> None:
        other.status = 404
        assert actions.send_recalls(at=later) == 1
        other.status = 200

    def slow(**sent: Any) -> Any:
        drop()
        if not is_sending:
            recalled()
        return real(**sent)

    def slow_word(**sent: Any) -> Any:
        HandOver.objects.filter(pk=row.pk).update(recall_at=later, recalled_at=None)
        return real(**sent)

    if is_sending:
        # or its word is still on the way when ours has arrived
        monkeypatch.setattr("balai.foundation.outbound.actions.recalls.send", slow_word)
    monkeypatch.setattr("balai.foundation.outbound.actions.hand_overs.send", slow)
    actions.send_hand_overs(at=later)
    if is_sending:
        recalled()
    row.refresh_from_db()
    assert (row.state, row.recall_at, row.recalled_at) == ("dropped", later, None)
    monkeypatch.undo()
    assert actions.send_recalls(at=later) == 1
    assert other.said()["state"] == "withdrawn"


def test_availability_is_computed_from_every_look(
    system: OutsideSystem, other: Receiver, django_assert_num_queries: Any
) -> None:
    for status, hours in ((200, 0), (404, 1), (500, 2), (503, 3)):
        other.status = status
        actions.probe_systems(at=AT + timedelta(hours=hours))
    assert [method for method, _headers, _body in other.heard] == ["GET"] * 4
    queries.system_lines(at=AT)
    with django_assert_num_queries(5):
        (line,) = queries.system_lines(at=AT + timedelta(hours=4))
    assert line.last is not None
    assert line.last.at == AT + timedelta(hours=3)
    # anything but a fault of theirs is an answer
    assert line.share == 0.5
    assert [(day.looks, day.answered) for day in line.days] == [(4, 2)]
    with time_machine.travel(AT + timedelta(hours=4), tick=False):
        rows = b"".join(Client().get(reverse("outbound:availability_csv")).streaming_content).decode()
    assert "oss,OSS,2026-11-25,4,2,0.5" in rows
    actions.forget_old(at=AT + timedelta(days=100))
    assert not Probe.objects.exists()


def test_answers_by_paper_and_by_hand(system: OutsideSystem) -> None:
    row = hand()
    for call in (
        lambda: actions.give_up(hand_over_id=row.pk, words=" ", actor=SYSTEM, at=AT),
        lambda: actions.enter_answer(hand_over_id=row.pk, answered=True, number="", words="", actor=SYSTEM, at=AT),
    ):
        with pytest.raises(AnswerRefused, match="no_words"):
            call()
    actions.enter_answer(hand_over_id=row.pk, answered=True, number="7", words="Surat 7", actor=SYSTEM, at=AT)
    with pytest.raises(AnswerRefused, match="ended"):
        actions.give_up(hand_over_id=row.pk, words="x", actor=SYSTEM, at=AT)
    assert HandOver.objects.get().state == "answered"


def test_the_staff_s_pages(
    system: OutsideSystem,
    other: Receiver,
    town: Town,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = Role.objects.create(slug="op", name_id="O", name_en="O", permissions=["settings.edit"])
    Holding.objects.filter(user=town.people["head"]).first().post.roles.add(role)  # type: ignore[union-attr]
    for address in (reverse("outbound:webhooks"), reverse("outbound:systems")):
        assert signed_in(town.people["handler"]).get(address).status_code == 403
    head = signed_in(town.people["head"])
    wrong = head.post(reverse("outbound:webhooks"), {"name": "X", "address": "x", "wanted": ["thing.moved"]})
    assert wrong.status_code == 422
    assert "This is no address" in wrong.content.decode()
    made = head.post(
        reverse("outbound:webhooks"), {"name": "Aplikasi", "address": other.address, "wanted": ["thing.moved"]}
    )
    assert "whsec_" in made.content.decode()
    assert "whsec_" not in head.get(reverse("outbound:webhooks")).content.decode()
    row = Webhook.objects.get()
    page = reverse("outbound:webhook", args=[row.pk])
    change = reverse("outbound:change_webhook", args=[row.pk])
    head.post(change, {"do": "test"})
    other.status = 500
    assert Delivery.objects.get().topic == "test"
    actions.send_deliveries(at=clock.now() + timedelta(seconds=1))
    assert "It answered with an error" in head.get(page).content.decode()
    head.post(change, {"do": "again", "delivery": Delivery.objects.get().pk})
    assert (Delivery.objects.get().tries, Delivery.objects.get().state) == (0, "queued")
    assert "whsec_" in head.post(change, {"do": "secret"}).content.decode()
    head.post(change, {"do": "pause"})
    assert not Webhook.objects.get().active
    head.post(change, {"do": "resume"})
    head.post(change, {"do": "remove"})
    assert not Webhook.objects.exists()
    assert head.get(page).status_code == 404

    given = {"name": "SIMBG", "slug": "simbg", "address": other.address, "unit": system.unit_id, "expected_hours": "48"}
    opened = head.post(reverse("outbound:systems"), given)
    assert "/outside/simbg/answer/" in opened.content.decode()
    assert head.post(reverse("outbound:systems"), given).status_code == 422
    change_an_outside_system(head, other)
    handed = hand()
    shown = head.get(reverse("outbound:hand_over", args=[handed.pk])).content.decode()
    assert "Waits here" in shown
    assert "Siti" not in shown
    do = reverse("outbound:change_hand_over", args=[handed.pk])
    assert head.post(do, {"do": "answered", "words": ""}).status_code == 422
    head.post(do, {"do": "again"})
    head.post(do, {"do": "answered", "words": "Surat masuk", "number": "9"})
    assert HandOver.objects.get().state == "answered"
    assert (
        "This hand-over has ended already"
        in head.post(do, {"do": "give_up", "words": "x"}, follow=True).content.decode()
    )


def change_an_outside_system(head: Client, other: Receiver) -> None:
    """Its address, a pause, a new secret beside the old one; each in the record."""
    page, do = reverse("outbound:system", args=["simbg"]), reverse("outbound:change_system", args=["simbg"])
    row = OutsideSystem.objects.get(slug="simbg")
    known = {"name": "SIMBG pusat", "address": "x", "unit": row.unit_id, "expected_hours": "72"}
    wrong = head.post(page, known)
    assert wrong.status_code == 422
    assert "This is no address" in wrong.content.decode()
    head.post(page, {**known, "address": f"{other.address}/baru"})
    row.refresh_from_db()
    assert (row.name, row.address, row.expected_hours) == ("SIMBG pusat", f"{other.address}/baru", 72)
    head.post(do, {"do": "pause"})
    assert "Paused" in head.get(page).content.decode()
    assert "SIMBG pusat" in head.get(reverse("outbound:systems")).content.decode()
    assert "SIMBG pusat" not in Client().get(reverse("outbound:availability")).content.decode()
    head.post(do, {"do": "resume"})
    old = row.secret
    shown = head.post(do, {"do": "secret"}).content.decode()
    row.refresh_from_db()
    assert row.active
    assert row.secret in shown
    assert row.secret not in head.get(page).content.decode()
    assert row.secrets_at(clock.now()) == [row.secret, old]
    actions.forget_old(at=clock.now() + timedelta(days=2))
    assert OutsideSystem.objects.get(pk=row.pk).old_secret == ""
    told = Event.objects.filter(stream="outside:simbg").order_by("seq").values_list("data", flat=True)
    assert [each["what"] for each in told] == ["opened", "changed", "paused", "resumed", "secret"]
    assert head.get(reverse("outbound:system", args=["tidak-ada"])).status_code == 404
