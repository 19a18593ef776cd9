"""Real programs at the other end: told once or more, never wrongly, nothing lost while they are away."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from balai.foundation.api.actions import create_key
from balai.foundation.events.rules import SYSTEM
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.outbound import actions, client
from balai.foundation.outbound.actions import WebhookRefused
from balai.foundation.outbound.client import NotDelivered
from balai.foundation.outbound.models import Delivery, Webhook
from balai.foundation.outbound.rules.signatures import check
from balai.foundation.outbound.tests.receiver import Receiver, receiver
from balai.foundation.units.tests.city import Town

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def hook(other: Receiver, **more: Any) -> Any:
    return actions.create_webhook(
        name="Aplikasi", address=other.address, wanted=["thing.moved"], actor=SYSTEM, at=AT, **more
    )


def tell(number: int = 1, **more: Any) -> int:
    return actions.announce(topic="thing.moved", event_id=number, facts={"state": "done"}, at=AT, **more)


def test_a_program_is_told_with_a_signature_that_proves_it(town: Town, other: Receiver) -> None:
    made = hook(other)
    assert tell() == 1
    # the worker may hear of an event twice
    tell()
    assert Delivery.objects.count() == 1
    assert actions.send_deliveries(at=AT) == 1
    assert actions.send_deliveries(at=AT) == 0
    method, headers, body = other.heard[0]
    assert method == "POST"
    assert json.loads(body) == {"type": "thing.moved", "timestamp": AT.isoformat(), "data": {"state": "done"}}
    check(
        secrets=[made.secret],
        message_id=headers["webhook-id"],
        timestamp=headers["webhook-timestamp"],
        signatures=headers["webhook-signature"],
        body=body,
        at=AT,
    )
    row = Delivery.objects.get()
    assert (row.state, row.status, row.tries) == ("sent", 200, 1)
    stored = Webhook.objects.extra(select={"raw": "secret"}).get().raw
    assert made.secret not in stored


def test_with_a_new_secret_both_sign_for_a_day(town: Town, other: Receiver) -> None:
    made = hook(other)
    fresh = actions.change_secret(webhook=made.webhook, actor=SYSTEM, at=AT)
    for later, count in ((timedelta(hours=1), 2), (timedelta(days=2), 1)):
        tell(number=count)
        actions.send_deliveries(at=AT + later)
        headers = other.heard[-1][1]
        assert len(headers["webhook-signature"].split()) == count
        for secret in (fresh, made.secret)[:count]:
            check(
                secrets=[secret],
                message_id=headers["webhook-id"],
                timestamp=headers["webhook-timestamp"],
                signatures=headers["webhook-signature"],
                body=other.heard[-1][2],
                at=AT + later,
            )
    actions.forget_old(at=AT + timedelta(days=2))
    assert Webhook.objects.get().old_secret == ""


def test_errors_are_tried_again_later_and_given_up_in_the_end(town: Town, other: Receiver) -> None:
    hook(other, made_by_id=town.people["head"].pk)
    other.status = 500
    tell()
    at = AT
    for tries in range(1, 9):
        assert actions.send_deliveries(at=at) == 1
        row = Delivery.objects.get()
        assert (row.state, row.tries, row.status) == ("queued", tries, 500)
        assert row.next_try_at is not None
        assert actions.send_deliveries(at=at) == 0
        at = row.next_try_at
    assert Webhook.objects.get().failing_since == AT
    other.status = 204
    actions.send_deliveries(at=at)
    assert (Delivery.objects.get().state, Webhook.objects.get().failing_since) == ("sent", None)
    other.status = 500
    tell(number=2)
    Webhook.objects.update(failing_since=at - timedelta(days=3))
    Delivery.objects.filter(event_id=2).update(tries=8)
    actions.send_deliveries(at=at)
    assert Delivery.objects.get(event_id=2).state == "given_up"
    # away for three days: nothing more is sent, and whoever made it is told
    assert not Webhook.objects.get().active
    assert OutboxMessage.objects.get().template == "webhook_paused"
    assert tell(number=3) == 0


def test_one_dead_receiver_is_tried_once_a_round(town: Town, other: Receiver) -> None:
    hook(other)
    other.status = 500
    for number in range(30):
        tell(number=number)
    assert actions.send_deliveries(at=AT) <= 20
    assert len(other.heard) == 1
    assert actions.send_deliveries(at=AT) == 0
    other.status = 200
    later = AT + timedelta(minutes=1)
    while actions.send_deliveries(at=later):
        pass
    assert Delivery.objects.filter(state="sent").count() == 30


def test_a_receiver_that_says_it_is_gone_is_believed(town: Town, other: Receiver) -> None:
    hook(other)
    other.status = 410
    tell()
    actions.send_deliveries(at=AT)
    assert Delivery.objects.get().state == "given_up"
    assert not Webhook.objects.get().active


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_follows_a_redirect(town: Town, other: Receiver, status: int) -> None:
    hook(other)
    with receiver() as trap:
        other.status, other.location = status, trap.address
        tell()
        actions.send_deliveries(at=AT)
        assert trap.heard == []
    assert Delivery.objects.get().problem == "bad_status"


def test_inside_our_house_nothing_is_called(town: Town, other: Receiver, settings: Any) -> None:
    settings.BALAI_OUTBOUND_LOCAL = False
    secure = "https://contoh.go.id/hook"
    for numbers in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]):
        with pytest.raises(NotDelivered, match="private"):
            client.send(address=secure, lookup=lambda _host, _port, found=numbers: found)
    with pytest.raises(WebhookRefused, match="not_https"):
        hook(other)
    assert other.heard == []


def test_what_nobody_can_be_told_of_is_refused(town: Town, other: Receiver) -> None:
    for wanted, code in (([], "no_topic"), (["lain"], "unknown_topic")):
        with pytest.raises(WebhookRefused, match=code):
            actions.create_webhook(name="x", address=other.address, wanted=wanted, actor=SYSTEM, at=AT)


def test_only_the_key_that_brought_it_reads_its_number(town: Town, other: Receiver) -> None:
    key = create_key(name="aplikasi", scopes=["webhooks"], actor=SYSTEM, at=AT).key
    hook(other)
    hook(other, key_id=key.pk)
    tell(of_key=key.pk, own_facts={"reference": "26-AAAA-BBBB"})
    tell(number=2, of_key=None, own_facts={"reference": "26-CCCC-DDDD"})
    bodies = [json.loads(row.body)["data"] for row in Delivery.objects.order_by("pk")]
    assert [body.get("reference") for body in bodies] == [None, "26-AAAA-BBBB", None, None]


def test_programs_keep_their_own_webhooks(town: Town, other: Receiver) -> None:
    with time_machine.travel(AT, tick=False):
        made = create_key(name="aplikasi", scopes=["webhooks"], actor=SYSTEM, at=AT)
        others = create_key(name="lain", scopes=["webhooks"], actor=SYSTEM, at=AT)
        wrong = create_key(name="salah", scopes=["open311"], actor=SYSTEM, at=AT)
        web = Client()

        def ask(method: str, path: str, token: str, body: Any = None) -> Any:
            call = getattr(web, method)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
            return call(f"/api/webhooks{path}", headers=headers, **more)

        body = {"name": "Hook", "address": other.address, "topics": ["thing.moved"]}
        assert web.get("/api/webhooks/topics").json()["topics"][0]["name"] == "thing.moved"
        assert ask("post", "", "", body).status_code == 401
        assert ask("post", "", wrong.token, body).status_code == 403
        refused = ask("post", "", made.token, {**body, "topics": []})
        assert refused.status_code == 422
        assert refused["Content-Type"].startswith("application/problem+json")
        answer = ask("post", "", made.token, body)
        assert answer.status_code == 201
        assert answer.json()["secret"].startswith("whsec_")
        number = answer.json()["id"]
        assert "secret" not in ask("get", "", made.token).json()["webhooks"][0]
        assert ask("get", "", others.token).json()["webhooks"] == []
        assert ask("delete", f"/{number}", others.token).status_code == 404
        assert ask("delete", f"/{number}", made.token).status_code == 204
        for _ in range(5):
            assert ask("post", "", made.token, body).status_code == 201
        assert ask("post", "", made.token, body).status_code == 422
