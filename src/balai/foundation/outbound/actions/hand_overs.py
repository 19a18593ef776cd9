"""Hand work over to outside systems, watch them, hear their answers; while they are away everything waits here."""

import json
import random
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from balai.foundation.events.actions import append
from balai.foundation.events.facts import DomainEvent
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.outbound.actions.recalls import UNKNOWN_TO_THEM, is_theirs
from balai.foundation.outbound.actions.webhooks import (
    CLAIMED_FOR,
    forget_deliveries,
    forget_secrets,
    in_a_round,
    new_secret,
    renew_secret,
)
from balai.foundation.outbound.client import NotDelivered, send
from balai.foundation.outbound.events import HandedOver, HandOverEnded, HandOverTaken, OutsideSystemChanged, stream_of
from balai.foundation.outbound.models import HandOver, OutsideSystem, Probe, SeenMessage
from balai.foundation.outbound.rules.addresses import check_address
from balai.foundation.outbound.rules.pauses import pause_of_hand_over
from balai.foundation.outbound.rules.signatures import sign_with_all
from balai.foundation.units.queries import NobodyThere, recipients

State = HandOver.State
BATCH = 20
LONGEST_WORDS = 2000
PROBES_KEPT = timedelta(days=90)
MESSAGES_KEPT = timedelta(days=7)
OPEN = (State.WAITING, State.TAKEN)
ENDS = {"answered": State.ANSWERED, "refused": State.REFUSED}


class AnswerRefused(Exception):
    """What an outside system or an officer says cannot be. ``code``: unknown, ended, not_understood, no_words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def open_system(
    *, slug: str, name: str, address: str, unit_id: int, expected_hours: int = 24, actor: Actor, at: datetime
) -> tuple[OutsideSystem, str]:
    """Keep an outside system and return it with its secret, which signs both ways.

    :raises BadAddress: if nothing can be sent there.
    """
    check_address(address, local_allowed=settings.BALAI_OUTBOUND_LOCAL)
    secret = new_secret()
    system = OutsideSystem.objects.create(
        slug=slug, name=name, address=address, secret=secret, unit_id=unit_id, expected_hours=expected_hours
    )
    _note(system, "opened", actor, at)
    return system, secret


def _note(system: OutsideSystem, what: str, actor: Actor, at: datetime) -> None:
    append(stream=stream_of(system.slug), event=OutsideSystemChanged(system=system.slug, what=what), actor=actor, at=at)


@transaction.atomic
def change_system(
    *, system: OutsideSystem, name: str, address: str, unit_id: int, expected_hours: int, actor: Actor, at: datetime
) -> None:
    """Change what is known of an outside system; what waits for it goes to the new address.

    A term that was promised stays: new hours count for later hand-overs.

    :raises BadAddress: if nothing can be sent there.
    """
    check_address(address, local_allowed=settings.BALAI_OUTBOUND_LOCAL)
    system.name, system.address, system.unit_id, system.expected_hours = name, address, unit_id, expected_hours
    system.save(update_fields=["name", "address", "unit", "expected_hours"])
    _note(system, "changed", actor, at)


@transaction.atomic
def set_system_active(*, system: OutsideSystem, active: bool, actor: Actor, at: datetime) -> None:
    """Pause: nothing is sent and no answer taken in; or go on: what waits is then tried at once."""
    system.active = active
    system.save(update_fields=["active"])
    if active:
        HandOver.objects.filter(system=system, state=State.WAITING).update(next_try_at=at)
    _note(system, "resumed" if active else "paused", actor, at)


@transaction.atomic
def change_system_secret(*, system: OutsideSystem, actor: Actor, at: datetime) -> str:
    """Make a new secret and return it; for a day both count, on both sides."""
    renew_secret(system, at=at)
    _note(system, "secret", actor, at)
    return system.secret


@transaction.atomic
def hand_over(
    *, system: str, owner_kind: str, owner_id: int, step: str, turn: int = 0, payload: Mapping[str, Any], at: datetime
) -> HandOver:
    """Queue something for an outside system in the present transaction; the same step of a turn is handed over once.

    What was handed over in an earlier turn and is not answered counts no more, and neither does its answer.

    :raises OutsideSystem.DoesNotExist: if the city knows no such system.
    """
    known = OutsideSystem.objects.get(slug=system)
    row, is_new = HandOver.objects.get_or_create(
        owner_kind=owner_kind,
        owner_id=owner_id,
        step=step,
        turn=turn,
        defaults={
            "system": known,
            "payload": json.dumps(dict(payload), ensure_ascii=False),
            "next_try_at": at,
            "made_at": at,
            "due_at": at + timedelta(hours=known.expected_hours),
        },
    )
    if is_new:
        earlier = HandOver.objects.filter(owner_kind=owner_kind, owner_id=owner_id, step=step, state__in=OPEN)
        for old in earlier.filter(turn__lt=turn).select_for_update(of=("self",)).select_related("system"):
            _end(old, State.REPLACED, "", SYSTEM, at)
        _tell(row, HandedOver(hand_over_id=row.pk, owner_kind=owner_kind, owner_id=owner_id), SYSTEM, at)
    return row


@transaction.atomic
def drop_hand_overs(*, owner_kind: str, owner_id: int, but: str = "", at: datetime) -> int:
    """Hand over no more what is not needed any more (all but of the step ``but``), and hear no answer to it.

    An outside system that has taken it in already is told (:func:`recalls.send_recalls`). Return how many were open.
    """
    left = HandOver.objects.filter(owner_kind=owner_kind, owner_id=owner_id, state__in=OPEN).exclude(step=but)
    rows = list(left.select_for_update(of=("self",)).select_related("system"))
    for row in rows:
        _end(row, State.DROPPED, "", SYSTEM, at)
    return len(rows)


def _tell(row: HandOver, event: DomainEvent, actor: Actor, at: datetime) -> None:
    append(stream=stream_of(row.system.slug), event=event, actor=actor, at=at)


def send_hand_overs(*, at: datetime) -> int:
    """Send what waits and is due; return how many were tried. Several workers may do it at once."""
    due = HandOver.objects.filter(state=State.WAITING, next_try_at__lte=at, system__active=True)
    tried = 0
    for row in in_a_round(list(due.select_related("system").order_by("next_try_at", "pk")[:BATCH])):
        claimed = HandOver.objects.filter(pk=row.pk, state=State.WAITING, next_try_at=row.next_try_at)
        if claimed.update(next_try_at=at + CLAIMED_FOR):
            _try(row, at=at)
            tried += 1
    return tried


def _try(row: HandOver, *, at: datetime) -> None:
    body = json.dumps(
        {"key": str(row.key), "step": row.step, "turn": row.turn, "data": json.loads(row.payload)}
    ).encode()
    message_id = f"handover_{row.key.hex}"
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(row.key),
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign_with_all(row.system.secrets_at(at), message_id=message_id, at=at, body=body),
    }
    try:
        answer = send(address=row.system.address, body=body, headers=headers)
        problem = "" if 200 <= answer.status < 300 else f"bad_status: {answer.status}"
        number = _number(answer.body) if not problem else ""
        milliseconds: int | None = answer.milliseconds
    except NotDelivered as error:
        problem, number, milliseconds = str(error), "", None
    Probe.objects.create(system=row.system, at=at, ok=not problem, milliseconds=milliseconds, problem=problem[:240])
    if problem:
        row.tries += 1
        pause = pause_of_hand_over(row.tries, jitter=random.random())
        still_waits = HandOver.objects.filter(pk=row.pk, state=State.WAITING).update(
            tries=row.tries, problem=problem[:240], next_try_at=at + pause
        )
        if not still_waits:
            _ended_on_its_way(row.pk, at=at)
        # who is away is away for all: one try tells, and the worker has others to serve
        others = HandOver.objects.filter(system=row.system, state=State.WAITING, next_try_at__lt=at + pause)
        others.update(next_try_at=at + pause)
        return
    with transaction.atomic():
        held = HandOver.objects.select_for_update(of=("self",)).select_related("system").get(pk=row.pk)
        # an answer may have come before our own call ended
        if held.state == State.WAITING:
            _taken(held, number, SYSTEM, at)
        else:
            _ended_on_its_way(held.pk, at=at)


def _ended_on_its_way(hand_over_id: int, *, at: datetime) -> None:
    """Have them told of what counts no more and may have reached them after all.

    Again where they were told already: they heard of it before they had it, and may not have known what was meant.
    """
    HandOver.objects.filter(pk=hand_over_id, state__in=UNKNOWN_TO_THEM).update(recall_at=at, recalled_at=None)


def _taken(row: HandOver, number: str, actor: Actor, at: datetime) -> None:
    row.state, row.taken_at, row.next_try_at, row.problem = State.TAKEN, at, None, ""
    row.number = number or row.number
    row.tries += 1
    row.save(update_fields=["state", "taken_at", "next_try_at", "problem", "number", "tries"])
    _tell(row, HandOverTaken(hand_over_id=row.pk, owner_kind=row.owner_kind, owner_id=row.owner_id), actor, at)


def _number(body: bytes) -> str:
    """Return the outside's number for what it took in, if it says one."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return _line(said.get("number"), 80) if isinstance(said, dict) else ""


@transaction.atomic
def hear(*, system: OutsideSystem, message_id: str, body: bytes, at: datetime) -> HandOver:
    """Take in what an outside system says (its signature has been proved); the same message counts once.

    ``body``: ``{"key": …, "state": "taken" | "answered" | "refused", "number": …, "words": …}``.

    :raises AnswerRefused: ``not_understood``, ``unknown`` for a key that is not of this system, ``ended``.
    """
    said = _understood(body)
    row = (
        HandOver.objects.select_for_update(of=("self",))
        .select_related("system")
        .filter(key=said["key"], system=system)
        .first()
    )
    if row is None:
        raise AnswerRefused("unknown")
    try:
        with transaction.atomic():
            SeenMessage.objects.create(system=system, message_id=message_id[:100], at=at)
    except IntegrityError:
        return row
    if row.state not in OPEN:
        raise AnswerRefused("ended")
    if said["state"] == "taken":
        if row.state == State.WAITING:
            _taken(row, said["number"], SYSTEM, at)
        return row
    row.number = said["number"] or row.number
    return _end(row, ENDS[said["state"]], said["words"], SYSTEM, at)


def _understood(body: bytes) -> dict[str, str]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AnswerRefused("not_understood") from error
    if not isinstance(said, dict) or said.get("state") not in ("taken", *ENDS):
        raise AnswerRefused("not_understood")
    try:
        key = uuid.UUID(str(said.get("key", "")))
    except ValueError as error:
        raise AnswerRefused("unknown") from error
    return {
        "key": str(key),
        "state": said["state"],
        "number": _line(said.get("number"), 80),
        "words": _line(said.get("words"), LONGEST_WORDS),
    }


def _line(said: object, most: int) -> str:
    """Return what another program says as text that every database keeps."""
    return str(said or "").replace("\0", "")[:most]


def _end(row: HandOver, state: str, words: str, actor: Actor, at: datetime) -> HandOver:
    row.state, row.ended_at, row.next_try_at, row.problem = state, at, None, ""
    row.words = words or row.words
    # what was handed over stands with the matter; a second copy of somebody's particulars is not kept
    row.payload = ""
    if state in UNKNOWN_TO_THEM and is_theirs(row):
        row.recall_at = at
    row.save(update_fields=["state", "ended_at", "next_try_at", "problem", "words", "number", "payload", "recall_at"])
    _tell(
        row,
        HandOverEnded(
            hand_over_id=row.pk, owner_kind=row.owner_kind, owner_id=row.owner_id, step=row.step, state=state
        ),
        actor,
        at,
    )
    return row


def _held(hand_over_id: int) -> HandOver:
    row = HandOver.objects.select_for_update(of=("self",)).select_related("system").get(pk=hand_over_id)
    if row.state not in OPEN:
        raise AnswerRefused("ended")
    return row


@transaction.atomic
def enter_answer(*, hand_over_id: int, answered: bool, number: str, words: str, actor: Actor, at: datetime) -> HandOver:
    """Write down what the outside said on paper or by telephone.

    :raises AnswerRefused: ``ended``; ``no_words`` without a word of what it said.
    """
    row = _held(hand_over_id)
    if not words.strip():
        raise AnswerRefused("no_words")
    row.number = number[:80] or row.number
    return _end(row, State.ANSWERED if answered else State.REFUSED, words.strip()[:LONGEST_WORDS], actor, at)


@transaction.atomic
def give_up(*, hand_over_id: int, words: str, actor: Actor, at: datetime) -> HandOver:
    """Hand it over no more; the step is then done here by hand.

    :raises AnswerRefused: ``ended``, ``no_words`` without a reason.
    """
    row = _held(hand_over_id)
    if not words.strip():
        raise AnswerRefused("no_words")
    return _end(row, State.GIVEN_UP, words.strip()[:LONGEST_WORDS], actor, at)


def try_again(*, hand_over_id: int, at: datetime) -> None:
    """Try at once instead of waiting for the next turn."""
    HandOver.objects.filter(pk=hand_over_id, state=State.WAITING).update(next_try_at=at)


def probe_systems(*, at: datetime) -> int:
    """Look whether every outside system answers; return how many do. Anything below 500 is an answer."""
    fine = 0
    for system in OutsideSystem.objects.filter(active=True):
        try:
            answer = send(address=system.address, method="GET")
            ok, problem = answer.status < 500, "" if answer.status < 500 else f"bad_status: {answer.status}"
            milliseconds: int | None = answer.milliseconds
        except NotDelivered as error:
            ok, problem, milliseconds = False, str(error), None
        Probe.objects.create(system=system, at=at, ok=ok, milliseconds=milliseconds, problem=problem[:240])
        fine += ok
    return fine


@transaction.atomic
def alarm_stuck(*, at: datetime) -> int:
    """Tell whoever answers for it of every hand-over that nobody took in time; once each. Return how many."""
    stuck = HandOver.objects.filter(state__in=OPEN, due_at__lte=at, alarmed_at__isnull=True).select_related("system")
    for row in stuck:
        try:
            people = recipients(unit_id=row.system.unit_id, level="head", at=at)
        except NobodyThere:
            people = []
        queue_messages(
            drafts=[
                Draft(
                    dedupe_key=f"handover-stuck:{row.pk}:{person.pk}:email",
                    template="hand_over_stuck",
                    channel="email",
                    user_id=person.pk,
                    context={"system": row.system.name, "number": str(row.pk)},
                )
                for person in people
            ],
            at=at,
        )
        HandOver.objects.filter(pk=row.pk).update(alarmed_at=at)
    return len(stuck)


def forget_old(*, at: datetime) -> None:
    """Forget old looks, messages and deliveries; hand-overs stay with their matters."""
    Probe.objects.filter(at__lt=at - PROBES_KEPT).delete()
    SeenMessage.objects.filter(at__lt=at - MESSAGES_KEPT).delete()
    forget_deliveries(at=at)
    forget_secrets(at=at)
