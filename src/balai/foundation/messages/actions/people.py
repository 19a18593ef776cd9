"""What people do with messages: send again, change words, forget."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.identity.models import User
from balai.foundation.messages.actions.queue import Draft, queue_messages
from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.events import MessagesSentAgain, MessageWordsChanged, MessageWordsReset
from balai.foundation.messages.models import OutboxMessage, Template
from balai.foundation.messages.rules import unknown_names
from balai.foundation.messages.words import Words, default_words, defaults, known_names

State = OutboxMessage.State
STREAM = "messages"
SECRETS_KEPT_FOR = timedelta(days=30)
TEXTS_KEPT_FOR = timedelta(days=180)


class UnknownMessage(Exception):
    """No room brings a message of this name on this channel."""


class UnknownNames(Exception):
    """A text uses names that the message does not have. ``names`` are those, ``known`` the ones it has."""

    def __init__(self, names: tuple[str, ...], known: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names, self.known = names, known


def find_template(*, slug: str, channel: str) -> MessageTemplate:
    """Return what a room brought.

    :raises UnknownMessage: if none did.
    """
    brought = defaults().get((slug, channel))
    if brought is None:
        raise UnknownMessage(f"{slug} {channel}")
    return brought


def check_words(*, brought: MessageTemplate, text: str) -> None:
    """Prove that a text uses only the names of its message.

    :raises UnknownNames: if it does not.
    """
    known = known_names(brought)
    unknown = unknown_names(text=text, known=known)
    if unknown:
        raise UnknownNames(unknown, known)


@transaction.atomic
def change_words(*, slug: str, channel: str, words: Mapping[str, Words], by: User, at: datetime) -> None:
    """Store the city's own words of a message, by language; they count from the next message that is sent.

    Words that equal the room's stay the room's, so that they keep up with it.

    :raises UnknownMessage: if no room brings the message; :raises UnknownNames: if a text uses a name it does not have.
    """
    brought = find_template(slug=slug, channel=channel)
    for each in words.values():
        check_words(brought=brought, text=f"{each.subject}\n{each.body}")
    for locale, each in words.items():
        if _is_same(each, default_words(brought, locale=locale)):
            Template.objects.filter(slug=slug, channel=channel, locale=locale).delete()
            continue
        Template.objects.update_or_create(
            slug=slug,
            channel=channel,
            locale=locale,
            defaults={"subject": each.subject, "body": each.body, "edited_by": by, "edited_at": at},
        )
    append(stream=STREAM, event=MessageWordsChanged(slug=slug, channel=channel), actor=Actor("staff", by.pk), at=at)


def _is_same(one: Words, other: Words) -> bool:
    # a form takes the blank lines at the ends away
    return (one.subject.strip(), one.body.strip()) == (other.subject.strip(), other.body.strip())


@transaction.atomic
def reset_words(*, slug: str, channel: str, by: User, at: datetime) -> bool:
    """Go back to the words the room brought, in both languages; return whether the city had its own."""
    deleted, _kinds = Template.objects.filter(slug=slug, channel=channel).delete()
    if deleted:
        append(stream=STREAM, event=MessageWordsReset(slug=slug, channel=channel), actor=Actor("staff", by.pk), at=at)
    return bool(deleted)


@transaction.atomic
def send_again(*, message_id: int, by: User, at: datetime) -> bool:
    """Queue a failed message once more, by a person's decision; return whether it had failed."""
    return _again(Q(pk=message_id), by=by, at=at) == 1


@transaction.atomic
def send_all_again(*, by: User, at: datetime) -> int:
    """Queue everything once more that has failed and certainly not left, and return how many."""
    return _again(~Q(reason__startswith="uncertain"), by=by, at=at)


def _again(which: Q, *, by: User, at: datetime) -> int:
    failed = OutboxMessage.objects.filter(which, state=State.FAILED)
    # locked: a second press at the same moment finds them queued
    ids = list(failed.select_for_update(of=("self",)).values_list("pk", flat=True))
    OutboxMessage.objects.filter(pk__in=ids).update(
        state=State.QUEUED, reason="", attempts=0, next_try_at=at, sending_since=None
    )
    if ids:
        append(
            stream=STREAM,
            event=MessagesSentAgain(count=len(ids), message_id=ids[0] if len(ids) == 1 else None),
            actor=Actor("staff", by.pk),
            at=at,
        )
    return len(ids)


def send_test(*, to: User, at: datetime) -> None:
    """Queue a message by which somebody sees that mail arrives."""
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"test:{at:%Y%m%d%H%M%S}:user:{to.pk}:email",
                template="test_message",
                channel="email",
                locale=to.locale,
                user_id=to.pk,
            )
        ],
        at=at,
    )


def forget_contents(*, at: datetime) -> int:
    """Empty what nobody needs any more and return how many messages: unsent secrets after 30 days, texts after 180.

    That a message was sent, to whom and when stays.
    """
    over = OutboxMessage.objects.exclude(state=State.QUEUED)
    secrets = over.exclude(secret_context="").filter(Q(created_at__lt=at - SECRETS_KEPT_FOR) | Q(expires_at__lt=at))
    texts = over.filter(created_at__lt=at - TEXTS_KEPT_FOR).exclude(context={})
    return secrets.update(secret_context="") + texts.update(context={})
