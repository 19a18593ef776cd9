"""Read templates, the outbox and its troubles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from balai.foundation.identity.models import User
from balai.foundation.messages.actions.queue import channels
from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.models import DeliveryAttempt, MailboxItem, OutboxMessage, Template
from balai.foundation.messages.rules import mask_address
from balai.foundation.messages.words import LOCALES, Words, default_words, defaults, describe_reason

State = OutboxMessage.State
PAGE = 50
LATE_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """One message in the list of texts. ``own`` holds the languages in which the city has words of its own."""

    brought: MessageTemplate
    subject: str
    own: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OutboxLine:
    """One message in the log. ``to`` is masked; ``why`` is a sentence, ``detail`` the provider's own words."""

    message: OutboxMessage
    to: str
    about: str
    why: str
    detail: str
    may_be_sent_again: bool


@dataclass(frozen=True, kw_only=True)
class Troubles:
    """What did not get through: failed since a day, by message and reason; how many wait longer than an hour."""

    failed: tuple[tuple[str, str, int], ...]
    late: int


def is_told(*, subject_kind: str, subject_id: int) -> bool:
    """Return whether a message about something was queued, sent or not."""
    return OutboxMessage.objects.filter(subject_kind=subject_kind, subject_id=subject_id).exists()


def texts(*, locale: str) -> list[TextLine]:
    """Return every message that rooms bring, with its subject in a language. One query."""
    own = {(row.slug, row.channel, row.locale): row for row in Template.objects.all()}
    lines = []
    for (slug, channel), brought in sorted(defaults().items()):
        row = own.get((slug, channel, locale))
        lines.append(
            TextLine(
                brought=brought,
                subject=row.subject if row else default_words(brought, locale=locale).subject,
                own=tuple(each for each in LOCALES if (slug, channel, each) in own),
            )
        )
    return lines


def words_now(*, brought: MessageTemplate) -> tuple[dict[str, Words], dict[str, Template]]:
    """Return the words in force by language, and the city's own rows among them."""
    own = {row.locale: row for row in _own(brought)}
    words = {
        locale: Words(own[locale].subject, own[locale].body) if locale in own else default_words(brought, locale=locale)
        for locale in LOCALES
    }
    return words, own


def _own(brought: MessageTemplate) -> Sequence[Template]:
    return list(Template.objects.filter(slug=brought.slug, channel=brought.channel).select_related("edited_by"))


def outbox(*, state: str = "", before: int | None = None) -> tuple[list[OutboxLine], int | None]:
    """Return one page of the log, newest first, and the id after which the next page begins, if there is one."""
    rows = OutboxMessage.objects.select_related("resident", "user").order_by("-id")
    if state in State.values:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    following = found[PAGE - 1].pk if len(found) > PAGE else None
    return [_line(message) for message in found[:PAGE]], following


def _line(message: OutboxMessage) -> OutboxLine:
    channel = channels().get(message.channel)
    address = channel.address(resident=message.resident, user=message.user) if channel else ""
    why, detail = describe_reason(message.reason) if message.reason else ("", "")
    return OutboxLine(
        message=message,
        to=mask_address(address) if address else "",
        about=str(message.context.get("reference", "")),
        why=why,
        detail=detail,
        may_be_sent_again=message.state == State.FAILED,
    )


def counts_by_state() -> dict[str, int]:
    """Return how many messages are in each state; states without any are 0."""
    found = dict(OutboxMessage.objects.values_list("state").annotate(count=Count("id")))
    return {state: found.get(state, 0) for state in State.values}


def troubles(*, at: datetime) -> Troubles:
    """Return what did not get through."""
    failed = (
        DeliveryAttempt.objects.filter(at__gt=at - timedelta(days=1), outcome=State.FAILED, message__state=State.FAILED)
        .values_list("message__template", "message__reason")
        .annotate(count=Count("message", distinct=True))
    )
    summed: dict[tuple[str, str], int] = {}
    for template, reason, count in failed:
        key = (template, reason.partition(": ")[0])
        summed[key] = summed.get(key, 0) + count
    late = OutboxMessage.objects.filter(state=State.QUEUED, created_at__lt=at - LATE_AFTER).exclude(reason="quiet")
    return Troubles(failed=tuple((*key, count) for key, count in sorted(summed.items())), late=late.count())


def outbox_reading(*, at: datetime) -> dict[str, Any]:
    """Return for how many seconds the longest waiting message has been due, for ``/healthz``."""
    due = OutboxMessage.objects.filter(state=State.QUEUED, next_try_at__lte=at).order_by("next_try_at")
    oldest = due.values_list("next_try_at", flat=True).first()
    return {"oldest_due_seconds": None if oldest is None else max(0, int((at - oldest).total_seconds()))}


def messages_about(*, subject_kind: str, subject_id: int) -> list[OutboxMessage]:
    """Return the messages about one matter, newest first, for its delivery log."""
    return list(OutboxMessage.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-id")[:200])


def operators() -> list[User]:
    """Return who runs the installation."""
    return list(User.objects.filter(is_operator=True, is_active=True).order_by("id"))


def mailbox(*, before: int | None = None) -> tuple[list[MailboxItem], int | None]:
    """Return one page of the demo's post, newest first, and the id after which the next page begins."""
    rows = MailboxItem.objects.order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
