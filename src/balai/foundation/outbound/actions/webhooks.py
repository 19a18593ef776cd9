"""Tell programs what happened: at least once, signed, in their own time."""

import base64
import json
import random
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.outbound.client import NotDelivered, send
from balai.foundation.outbound.events import WebhookChanged
from balai.foundation.outbound.models import Delivery, OutsideSystem, Webhook, WithSecret
from balai.foundation.outbound.queries import topics
from balai.foundation.outbound.rules.addresses import BadAddress, check_address
from balai.foundation.outbound.rules.pauses import PATIENCE, pause_after
from balai.foundation.outbound.rules.signatures import PREFIX, sign_with_all

State = Delivery.State
_Row = TypeVar("_Row")
BATCH = 20
# a worker that died in the middle is replaced after so long
CLAIMED_FOR = timedelta(minutes=2)
# claims and signatures count from a round's beginning, and a call takes ten seconds: a round ends well before a claim
LONGEST_ROUND = timedelta(minutes=1)
OLD_SECRET_LIVES = timedelta(days=1)
KEPT = timedelta(days=30)
MOST_OF_A_KEY = 5


class WebhookRefused(Exception):
    """It cannot be kept. ``code``: an address's reason, no_topic, unknown_topic, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Made:
    """A webhook, and its secret, which is shown once."""

    webhook: Webhook
    secret: str


def new_secret() -> str:
    """Return a fresh secret of 24 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


@transaction.atomic
def create_webhook(
    *,
    name: str,
    address: str,
    wanted: Sequence[str],
    key_id: int | None = None,
    made_by_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> Made:
    """Tell a program from now on.

    :raises WebhookRefused: if the address or the topics cannot be.
    """
    try:
        check_address(address, local_allowed=settings.BALAI_OUTBOUND_LOCAL)
    except BadAddress as error:
        raise WebhookRefused(error.reason) from error
    known = {topic.name for topic in topics()}
    if not wanted:
        raise WebhookRefused("no_topic")
    if not set(wanted) <= known:
        raise WebhookRefused("unknown_topic")
    if key_id is not None and Webhook.objects.filter(key_id=key_id).count() >= MOST_OF_A_KEY:
        raise WebhookRefused("too_many")
    secret = new_secret()
    webhook = Webhook.objects.create(
        name=name[:80],
        address=address,
        topics=sorted(set(wanted)),
        secret=secret,
        key_id=key_id,
        made_by_id=made_by_id,
        made_at=at,
    )
    _note(webhook, "made", actor, at)
    return Made(webhook, secret)


def _note(webhook: Webhook, what: str, actor: Actor, at: datetime) -> None:
    append(stream=f"webhook:{webhook.pk}", event=WebhookChanged(webhook_id=webhook.pk, what=what), actor=actor, at=at)


@transaction.atomic
def remove_webhook(*, webhook: Webhook, actor: Actor, at: datetime) -> None:
    """Tell a program nothing more, and forget what was not sent."""
    _note(webhook, "removed", actor, at)
    webhook.delete()


@transaction.atomic
def set_active(*, webhook: Webhook, active: bool, actor: Actor, at: datetime) -> None:
    """Pause, or go on: what waits is then tried at once."""
    webhook.active, webhook.failing_since = active, None
    webhook.save(update_fields=["active", "failing_since"])
    if active:
        Delivery.objects.filter(webhook=webhook, state=State.QUEUED).update(next_try_at=at)
    _note(webhook, "resumed" if active else "paused", actor, at)


@transaction.atomic
def change_secret(*, webhook: Webhook, actor: Actor, at: datetime) -> str:
    """Make a new secret and return it; for a day both sign, so that the receiver can change without losing any."""
    renew_secret(webhook, at=at)
    _note(webhook, "secret", actor, at)
    return webhook.secret


def renew_secret(other: WithSecret, *, at: datetime) -> None:
    """Store a new secret; the one before counts for a day more."""
    other.old_secret, other.old_until = other.secret, at + OLD_SECRET_LIVES
    other.secret = new_secret()
    other.save(update_fields=["old_secret", "old_until", "secret"])


def forget_secrets(*, at: datetime) -> None:
    """Forget old secrets whose day is over."""
    for kind in (Webhook, OutsideSystem):
        kind.objects.filter(old_until__lte=at).exclude(old_secret="").update(old_secret="", old_until=None)


def announce(
    *,
    topic: str,
    event_id: int,
    facts: Mapping[str, Any],
    of_key: int | None = None,
    own_facts: Mapping[str, Any] | None = None,
    at: datetime,
) -> int:
    """Queue a message for every program that wants to hear of ``topic``; repeatable. Return how many are told.

    ``facts`` are for everybody. The key ``of_key`` that brought the matter in also reads ``own_facts``.
    """
    rows = []
    for webhook in Webhook.objects.filter(active=True):
        if topic not in webhook.topics:
            continue
        own = dict(own_facts or {}) if webhook.key_id is not None and webhook.key_id == of_key else {}
        body = {"type": topic, "timestamp": at.isoformat(), "data": {**facts, **own}}
        rows.append(
            Delivery(
                webhook=webhook,
                event_id=event_id,
                topic=topic,
                body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
                next_try_at=at,
                made_at=at,
            )
        )
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def send_test(*, webhook: Webhook, at: datetime) -> Delivery:
    """Queue a message that says it is a test."""
    body = {"type": "test", "timestamp": at.isoformat(), "data": {"name": webhook.name}}
    return Delivery.objects.create(
        webhook=webhook, topic="test", body=json.dumps(body, ensure_ascii=False), next_try_at=at, made_at=at
    )


def send_again(*, delivery: Delivery, at: datetime) -> None:
    """Queue a message once more, with the same number, so that the receiver can tell."""
    Delivery.objects.filter(pk=delivery.pk).update(state=State.QUEUED, tries=0, next_try_at=at, problem="")


def in_a_round(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Give rows until the round has lasted a minute; the rest is for the next round, or for another worker."""
    started = time.monotonic()
    for row in rows:
        if time.monotonic() - started > LONGEST_ROUND.total_seconds():
            return
        yield row


def send_deliveries(*, at: datetime) -> int:
    """Send what is due and return how many were tried; several workers may do it at once."""
    due = Delivery.objects.filter(state=State.QUEUED, next_try_at__lte=at, webhook__active=True)
    rows = list(due.select_related("webhook").order_by("next_try_at", "pk")[:BATCH])
    tried = 0
    for row in in_a_round(rows):
        claimed = Delivery.objects.filter(pk=row.pk, state=State.QUEUED, next_try_at=row.next_try_at)
        if claimed.update(next_try_at=at + CLAIMED_FOR):
            _try(row, at=at)
            tried += 1
    return tried


def _try(row: Delivery, *, at: datetime) -> None:
    webhook = row.webhook
    body = row.body.encode()
    message_id = f"msg_{row.message_id.hex}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign_with_all(webhook.secrets_at(at), message_id=message_id, at=at, body=body),
    }
    status, problem = None, ""
    try:
        answer = send(address=webhook.address, body=body, headers=headers)
        status = answer.status
        # 410: the receiver says it is gone for good
        problem = "" if 200 <= status < 300 else "gone" if status == 410 else "bad_status"
    except NotDelivered as error:
        problem = str(error)
    if problem:
        _failed(row, status, problem, at=at)
        return
    row.state, row.status, row.problem, row.sent_at, row.next_try_at = State.SENT, status, "", at, None
    row.tries += 1
    row.save(update_fields=["state", "status", "problem", "sent_at", "next_try_at", "tries"])
    Webhook.objects.filter(pk=webhook.pk, failing_since__isnull=False).update(failing_since=None)


@transaction.atomic
def _failed(row: Delivery, status: int | None, problem: str, *, at: datetime) -> None:
    row.tries += 1
    pause = pause_after(row.tries, jitter=random.random())
    gone = problem == "gone"
    row.status, row.problem = status, problem[:240]
    row.state, row.next_try_at = (State.GIVEN_UP, None) if pause is None or gone else (State.QUEUED, at + pause)
    row.save(update_fields=["tries", "status", "problem", "state", "next_try_at"])
    # who is away is away for all: one try tells, and the worker has others to serve
    later = at + (pause or CLAIMED_FOR)
    Delivery.objects.filter(webhook_id=row.webhook_id, state=State.QUEUED, next_try_at__lt=later).update(
        next_try_at=later
    )
    Webhook.objects.filter(pk=row.webhook_id, failing_since__isnull=True).update(failing_since=at)
    webhook = Webhook.objects.select_for_update(of=("self",)).get(pk=row.webhook_id)
    away = webhook.failing_since is not None and at - webhook.failing_since >= PATIENCE
    if webhook.active and (gone or away):
        webhook.active = False
        webhook.save(update_fields=["active"])
        _tell_owner(webhook, at)


def _tell_owner(webhook: Webhook, at: datetime) -> None:
    if webhook.made_by_id is None:
        return
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"webhook-paused:{webhook.pk}:{at:%Y%m%d}:email",
                template="webhook_paused",
                channel="email",
                user_id=webhook.made_by_id,
                context={"name": webhook.name, "address": webhook.address},
            )
        ],
        at=at,
    )


def forget_deliveries(*, at: datetime) -> int:
    """Forget what was sent or given up a month ago; return how many."""
    old = Delivery.objects.filter(made_at__lt=at - KEPT).exclude(state=State.QUEUED)
    gone: int = old.delete()[0]
    return gone
