"""Queue messages in the transaction of a change, and send them from the worker."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from balai.foundation.messages.channels import PermanentTrouble, TemporaryTrouble, mask_address
from balai.foundation.messages.contributions import Channel
from balai.foundation.messages.models import DeliveryAttempt, OutboxMessage
from balai.foundation.messages.words import MissingTemplate, words_of
from balai.foundation.registry.discover import contributions

logger = logging.getLogger(__name__)
BATCH = 20
MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)
UNCERTAIN_AFTER = timedelta(minutes=5)


class UnknownChannel(Exception):
    """No room delivers on this channel; never a default instead."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message to queue. ``dedupe_key`` is ``event:recipient:channel``; ``secret_context`` is emptied when sent."""

    dedupe_key: str
    template: str
    channel: str
    locale: str
    resident_id: int | None = None
    user_id: int | None = None
    subject_kind: str = ""
    subject_id: int | None = None
    context: dict[str, Any] = field(default_factory=dict)
    secret_context: dict[str, Any] = field(default_factory=dict)


def channels() -> dict[str, Channel]:
    """Return the ways to deliver, by name."""
    return {channel.slug: channel for channel in contributions(Channel)}


def queue_messages(*, drafts: Sequence[Draft], at: datetime) -> int:
    """Queue messages in the present transaction, one statement; a key that is there already is passed over.

    :raises UnknownChannel: for a channel that no room gives.
    """
    known = channels()
    for draft in drafts:
        if draft.channel not in known:
            raise UnknownChannel(draft.channel)
    rows = [
        OutboxMessage(
            dedupe_key=draft.dedupe_key,
            template=draft.template,
            channel=draft.channel,
            locale=draft.locale if draft.locale in ("id", "en") else "id",
            resident_id=draft.resident_id,
            user_id=draft.user_id,
            subject_kind=draft.subject_kind,
            subject_id=draft.subject_id,
            context=draft.context,
            secret_context=json.dumps(draft.secret_context) if draft.secret_context else "",
            next_try_at=at,
            created_at=at,
        )
        for draft in drafts
    ]
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def cancel_queued(*, key_prefix: str, reason: str, at: datetime) -> int:
    """Call back messages that have not left yet and return how many."""
    return OutboxMessage.objects.filter(
        dedupe_key__startswith=key_prefix, state=OutboxMessage.State.QUEUED, sending_since__isnull=True
    ).update(state=OutboxMessage.State.SKIPPED, reason=reason, next_try_at=None)


def claim(*, at: datetime) -> list[int]:
    """Mark a batch as being handed over, in a commit of its own, and return its ids.

    What is marked and not settled five minutes later is uncertain: it may have left. It is then shown as failed and
    sent again only by a person, so nobody gets a message twice.
    """
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(
            state=OutboxMessage.State.QUEUED, next_try_at__lte=at, sending_since__isnull=True
        ).order_by("next_try_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        OutboxMessage.objects.filter(pk__in=ids).update(sending_since=at)
    return ids


def send_queued(*, at: datetime) -> int:
    """Send a batch and return how many messages were settled."""
    ids = claim(at=at)
    for pk in ids:
        message = OutboxMessage.objects.select_related("resident", "user").get(pk=pk)
        _send_one(message, at=at)
    return len(ids)


def _settle(message: OutboxMessage, state: str, *, reason: str = "", at: datetime, provider_id: str = "") -> None:
    with transaction.atomic():
        DeliveryAttempt.objects.create(
            message=message, at=at, outcome=state, detail=reason[:300], provider_id=provider_id[:160]
        )
        message.attempts += 1
        message.state, message.reason, message.sending_since, message.next_try_at = state, reason[:300], None, None
        if state == OutboxMessage.State.SENT:
            message.sent_at, message.secret_context = at, ""
        message.save()


def _send_one(message: OutboxMessage, *, at: datetime) -> None:
    channel = channels()[message.channel]
    address = channel.address(resident=message.resident, user=message.user)
    if not address:
        _settle(message, OutboxMessage.State.SKIPPED, reason="no address", at=at)
        return
    try:
        # rendered before anything leaves: a missing word is an error here, not a half message there
        subject, body = words_of(message)
    except MissingTemplate as error:
        _settle(message, OutboxMessage.State.FAILED, reason=str(error), at=at)
        return
    try:
        provider_id = channel.send(address=address, subject=subject, body=body, key=message.dedupe_key)
    except TemporaryTrouble as trouble:
        _later(message, reason=str(trouble), at=at)
    except PermanentTrouble as trouble:
        _settle(message, OutboxMessage.State.FAILED, reason=str(trouble), at=at)
    else:
        _settle(message, OutboxMessage.State.SENT, at=at, provider_id=provider_id)
        logger.info("message %s sent to %s", message.pk, mask_address(address))


def _later(message: OutboxMessage, *, reason: str, at: datetime) -> None:
    if message.attempts + 1 >= MOST_TRIES:
        _settle(message, OutboxMessage.State.FAILED, reason=reason, at=at)
        return
    with transaction.atomic():
        DeliveryAttempt.objects.create(message=message, at=at, outcome="retry", detail=reason[:300])
        message.attempts += 1
        message.reason, message.sending_since = reason[:300], None
        message.next_try_at = at + FIRST_PAUSE * 3 ** min(message.attempts - 1, 6)
        message.save()


def settle_uncertain(*, at: datetime) -> int:
    """Show what was being handed over when a worker ended as failed; a person may send it again."""
    return OutboxMessage.objects.filter(
        state=OutboxMessage.State.QUEUED, sending_since__lt=at - UNCERTAIN_AFTER
    ).update(
        state=OutboxMessage.State.FAILED,
        reason="uncertain: the worker ended while handing it over",
        sending_since=None,
        next_try_at=None,
    )


def send_again(*, message: OutboxMessage, at: datetime) -> None:
    """Queue a failed message once more, by a person's decision."""
    OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.FAILED).update(
        state=OutboxMessage.State.QUEUED, reason="", attempts=0, next_try_at=at, sending_since=None
    )
