"""Queue messages in the transaction of a change, and call them back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from balai.foundation.messages.contributions import Channel
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.messages.words import LOCALES, defaults
from balai.foundation.registry.discover import contributions
from balai.foundation.rows.insert import insert_rows


class UnknownChannel(Exception):
    """No room delivers on this channel; never a default instead."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message to queue.

    ``dedupe_key`` is ``event:recipient:channel``. An empty ``locale`` is the recipient's own when it is sent.
    ``secret_context`` is encrypted, and emptied when the message has left. After ``expires_at`` it is skipped.
    """

    dedupe_key: str
    template: str
    channel: str
    locale: str = ""
    resident_id: int | None = None
    user_id: int | None = None
    subject_kind: str = ""
    subject_id: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    secret_context: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None


def channels() -> dict[str, Channel]:
    """Return the ways to deliver, by name."""
    return {channel.slug: channel for channel in contributions(Channel)}


def queue_messages(*, drafts: Sequence[Draft], at: datetime) -> int:
    """Queue messages in the present transaction, one statement, and return how many were asked for.

    A key that is there already is passed over: nobody is told the same thing twice.

    :raises UnknownChannel: for a channel that no room gives; then nothing is queued.
    """
    known, templates = channels(), defaults()
    for draft in drafts:
        if draft.channel not in known:
            raise UnknownChannel(draft.channel)
    rows = []
    for draft in drafts:
        brought = templates.get((draft.template, draft.channel))
        rows.append(
            OutboxMessage(
                dedupe_key=draft.dedupe_key,
                template=draft.template,
                channel=draft.channel,
                locale=draft.locale if draft.locale in LOCALES else "",
                resident_id=draft.resident_id,
                user_id=draft.user_id,
                subject_kind=draft.subject_kind,
                subject_id=draft.subject_id,
                context=dict(draft.context),
                secret_context=json.dumps(dict(draft.secret_context)) if draft.secret_context else "",
                urgent=brought is not None and brought.urgent,
                expires_at=draft.expires_at,
                next_try_at=at,
                created_at=at,
            )
        )
    insert_rows(OutboxMessage, rows, pass_over_known=True)
    return len(rows)


def cancel_queued(*, key_prefix: str, reason: str, at: datetime) -> int:
    """Call back messages that have not left yet and return how many; ``reason`` is a code of ``words.REASONS``."""
    return OutboxMessage.objects.filter(
        dedupe_key__startswith=key_prefix, state=OutboxMessage.State.QUEUED, sending_since__isnull=True
    ).update(state=OutboxMessage.State.SKIPPED, reason=reason, next_try_at=None, secret_context="")
