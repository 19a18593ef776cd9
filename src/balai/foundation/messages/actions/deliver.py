"""Carry queued messages to their providers, each at most once.

A message goes through two marks, each in a commit of its own:

1. *claimed*: ``next_try_at`` is set a few minutes ahead. Address, language, words are prepared now; nothing can leave.
   A worker that dies here is replaced by itself: the moment comes, and another worker takes the message.
2. *handed over*: ``sending_since`` is set, only if the claim still holds and nobody called the message back. Only now
   the provider is called. A worker that dies here leaves a message of which nobody knows whether it left. It is not
   tried again: ``settle_uncertain`` shows it as failed, and a person decides.

So a message is lost at no point, and reaches nobody twice unless somebody presses "send again".
"""

import logging
import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from balai.foundation.identity.rules import mask_personal_data
from balai.foundation.messages.actions.queue import channels
from balai.foundation.messages.channels import PermanentTrouble, ServerAway, TemporaryTrouble
from balai.foundation.messages.contributions import Channel
from balai.foundation.messages.models import DeliveryAttempt, OutboxMessage
from balai.foundation.messages.rules import MOST_TRIES, end_of_quiet, mask_address, pause_before_try
from balai.foundation.messages.words import MissingWords, Words, words_of
from balai.foundation.places.queries import NoCityYet, current_city

logger = logging.getLogger(__name__)
State = OutboxMessage.State

BATCH = 20
# A claim outlives the slowest batch: it stops taking up new messages after BATCH_SECONDS, and one call to a provider
# ends by its own time-outs well within the rest.
CLAIMED_FOR = timedelta(minutes=5)
BATCH_SECONDS = 60
UNCERTAIN_AFTER = timedelta(minutes=10)
AWAY_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True)
class _Parcel:
    """A message that is ready to leave."""

    message: OutboxMessage
    channel: Channel
    address: str
    locale: str
    words: Words


class _NotToBeSent(Exception):
    def __init__(self, state: str, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


class _Later(Exception):
    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def send_queued(*, at: datetime) -> int:
    """Send a batch and return how many messages were dealt with; 0 also when the provider is away."""
    began = time.monotonic()
    batch = _claim(at=at)
    for done, message in enumerate(batch):
        seconds = time.monotonic() - began
        if seconds > BATCH_SECONDS:
            _release(batch[done:], at=at)
            return done
        try:
            _deliver(message, at=at + timedelta(seconds=seconds))
        except ServerAway:
            _release(batch[done + 1 :], at=at)
            _hold_back(channel=message.channel, at=at)
            return 0
    return len(batch)


def _claim(*, at: datetime) -> list[OutboxMessage]:
    due = OutboxMessage.objects.filter(state=State.QUEUED, next_try_at__lte=at, sending_since__isnull=True)
    # a look takes no lock; an idle worker looks twice a second
    if not due.exists():
        return []
    until = at + CLAIMED_FOR
    with transaction.atomic():
        rows = due.order_by("-urgent", "next_try_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        OutboxMessage.objects.filter(pk__in=ids).update(next_try_at=until)
    claimed = OutboxMessage.objects.select_related("resident", "user").in_bulk(ids)
    return [claimed[pk] for pk in ids if pk in claimed and claimed[pk].next_try_at == until]


def _ours(message: OutboxMessage) -> Q:
    """Return the condition that our claim still holds and nothing has left."""
    return Q(pk=message.pk, state=State.QUEUED, sending_since__isnull=True, next_try_at=message.next_try_at)


def _release(messages: list[OutboxMessage], *, at: datetime) -> None:
    """Let go of claimed messages that were not taken up."""
    for message in messages:
        OutboxMessage.objects.filter(_ours(message)).update(next_try_at=at)


def _hold_back(*, channel: str, at: datetime) -> None:
    """Let everything that is due on a channel wait a minute, so that a dead provider is asked once a minute."""
    OutboxMessage.objects.filter(
        state=State.QUEUED, channel=channel, sending_since__isnull=True, next_try_at__lte=at
    ).update(next_try_at=at + AWAY_PAUSE)


def _deliver(message: OutboxMessage, *, at: datetime) -> None:
    try:
        parcel = _prepare(message, at=at)
    except _NotToBeSent as end:
        _settle(message, end.state, end.reason, _ours(message), at=at)
        return
    except _Later as pause:
        OutboxMessage.objects.filter(_ours(message)).update(next_try_at=pause.until, reason="quiet")
        return
    if not OutboxMessage.objects.filter(_ours(message)).update(sending_since=at):
        # called back, or taken over because we were slow: nothing has left from here
        return
    message.sending_since = at
    _hand_over(parcel, at=at)


def _prepare(message: OutboxMessage, *, at: datetime) -> _Parcel:
    """Return the message ready to leave.

    :raises _NotToBeSent: without a way, an address, words or a use; :raises _Later: in quiet hours.
    """
    channel = channels().get(message.channel)
    if channel is None:
        raise _NotToBeSent(State.FAILED, "no_channel")
    if message.expires_at is not None and message.expires_at <= at:
        raise _NotToBeSent(State.SKIPPED, "too_late")
    address = channel.address(resident=message.resident, user=message.user)
    if not address:
        raise _NotToBeSent(State.SKIPPED, "no_address")
    morning = None if message.urgent else _end_of_quiet(channel, at=at)
    if morning is not None:
        raise _Later(morning)
    recipient = message.resident or message.user
    locale = message.locale or (recipient.locale if recipient is not None else "") or "id"
    try:
        words = words_of(message, locale=locale)
    except MissingWords as missing:
        raise _NotToBeSent(State.FAILED, f"missing_words: {missing}") from missing
    return _Parcel(message, channel, address, locale, words)


def _end_of_quiet(channel: Channel, *, at: datetime) -> datetime | None:
    if channel.quiet_from is None or channel.quiet_until is None:
        return None
    try:
        zone = ZoneInfo(current_city().time_zone)
    except NoCityYet:
        return None
    return end_of_quiet(local=at.astimezone(zone), quiet_from=channel.quiet_from, quiet_until=channel.quiet_until)


def _hand_over(parcel: _Parcel, *, at: datetime) -> None:
    message, masked = parcel.message, mask_address(parcel.address)
    in_hand = Q(pk=message.pk, sending_since=message.sending_since)
    try:
        provider_id = parcel.channel.send(
            address=parcel.address,
            subject=parcel.words.subject,
            body=parcel.words.body,
            key=message.dedupe_key,
            locale=parcel.locale,
        )
    except TemporaryTrouble as trouble:
        _later(message, trouble, in_hand, at=at)
        logger.warning("message %s to %s must wait: %s", message.pk, masked, trouble)
        if isinstance(trouble, ServerAway):
            raise
    except PermanentTrouble as trouble:
        _settle(message, State.FAILED, f"refused: {trouble}", in_hand, at=at)
        logger.warning("message %s to %s was refused: %s", message.pk, masked, trouble)
    except Exception as trouble:  # noqa: BLE001 - whatever a provider's library raises, nobody knows whether it left
        _settle(message, State.FAILED, f"uncertain: {mask_personal_data(str(trouble))}", in_hand, at=at)
        # the trace of a mail library may name the address
        logger.error("message %s may have left, or not: %s", message.pk, mask_personal_data(traceback.format_exc()))  # noqa: TRY400
    else:
        # this is knowledge: it also corrects what was called uncertain meanwhile
        known = in_hand | Q(pk=message.pk, sending_since__isnull=True, state__in=[State.QUEUED, State.FAILED])
        _settle(message, State.SENT, "", known, at=at, provider_id=provider_id)
        logger.info("message %s was sent to %s", message.pk, masked)


def _settle(
    message: OutboxMessage, state: str, reason: str, condition: Q, *, at: datetime, provider_id: str = ""
) -> None:
    """Note how a message ended, with its try, if ``condition`` still holds."""
    has_left = state == State.SENT
    changes: dict[str, object] = {"state": state, "reason": reason[:300], "sending_since": None, "next_try_at": None}
    if has_left:
        changes["sent_at"] = at
    if state != State.FAILED:
        changes["secret_context"] = ""
    _note(message, changes, condition, outcome=state, detail=reason, at=at, provider_id=provider_id)


def _later(message: OutboxMessage, trouble: TemporaryTrouble, condition: Q, *, at: datetime) -> None:
    """Try again after a pause that grows; after the last try it has failed."""
    reason = f"{'away' if isinstance(trouble, ServerAway) else 'later'}: {trouble}"
    attempts = message.attempts + 1
    if attempts >= MOST_TRIES:
        _settle(message, State.FAILED, reason, condition, at=at)
        return
    changes: dict[str, object] = {
        "reason": reason[:300],
        "sending_since": None,
        "next_try_at": at + pause_before_try(attempts=attempts),
    }
    _note(message, changes, condition, outcome="retry", detail=reason, at=at)


def _note(
    message: OutboxMessage,
    changes: dict[str, object],
    condition: Q,
    *,
    outcome: str,
    detail: str,
    at: datetime,
    provider_id: str = "",
) -> None:
    with transaction.atomic():
        if OutboxMessage.objects.filter(condition).update(**changes, attempts=message.attempts + 1):
            DeliveryAttempt.objects.create(
                message=message, at=at, outcome=outcome, detail=detail[:300], provider_id=provider_id[:160]
            )


def settle_uncertain(*, at: datetime) -> int:
    """Show what was in a provider's hands when a worker ended as failed, and return how many."""
    lost = OutboxMessage.objects.filter(state=State.QUEUED, sending_since__lt=at - UNCERTAIN_AFTER)
    with transaction.atomic():
        ids = list(lost.values_list("pk", flat=True))
        reason = "uncertain: worker ended while sending"
        settled = lost.filter(pk__in=ids).update(
            state=State.FAILED, reason=reason, sending_since=None, next_try_at=None
        )
        DeliveryAttempt.objects.bulk_create(
            [DeliveryAttempt(message_id=pk, at=at, outcome=State.FAILED, detail=reason) for pk in ids]
        )
    return settled


def note_receipt(*, provider_id: str, arrived: bool, detail: str = "", at: datetime) -> bool:
    """Note what a provider reports later, and return whether the message is known. For channels with receipts."""
    attempt = DeliveryAttempt.objects.filter(provider_id=provider_id).order_by("-id").first()
    if attempt is None or not provider_id:
        return False
    state = State.DELIVERED if arrived else State.FAILED
    reason = "" if arrived else f"refused: {detail}"[:300]
    with transaction.atomic():
        known = OutboxMessage.objects.filter(pk=attempt.message_id, state__in=[State.SENT, State.DELIVERED])
        if known.update(state=state, reason=reason):
            DeliveryAttempt.objects.create(
                message_id=attempt.message_id, at=at, outcome=state, detail=reason, provider_id=provider_id
            )
    return True
