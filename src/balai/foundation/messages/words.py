"""Turn a queued message into words, and reasons into sentences."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.models import OutboxMessage, Template
from balai.foundation.messages.rules import MissingValue, fill, names_in
from balai.foundation.registry.discover import contributions

LOCALES = ("id", "en")
ALWAYS_KNOWN = "base_url"

REASONS = {
    "no_address": _("The recipient has no address for this channel"),
    "no_channel": _("No room that is switched on delivers on this channel"),
    "too_late": _("It would have arrived too late to be of use"),
    "undone": _("The change it speaks of was undone"),
    "missing_words": _("There are no words for this message, or one of them has no value"),
    "refused": _("The mail server refused it for good"),
    "later": _("The mail server asked us to try later"),
    "away": _("The mail server did not answer"),
    "quiet": _("Waits for the end of quiet hours"),
    "uncertain": _("Uncertain: it may have left, or not. Ask the recipient before you send it again"),
}

STATES = {
    "queued": _("Waiting"),
    "sent": pgettext_lazy("message", "Sent"),
    "delivered": _("Arrived"),
    "failed": _("Failed"),
    "skipped": _("Not sent"),
}


class MissingWords(Exception):
    """There are no words for this message, or one of them has no value."""


@dataclass(frozen=True)
class Words:
    """Subject and body of one message in one language."""

    subject: str
    body: str


def defaults() -> dict[tuple[str, str], MessageTemplate]:
    """Return the words that rooms bring, by name and channel."""
    return {(item.slug, item.channel): item for item in contributions(MessageTemplate)}


def default_words(brought: MessageTemplate, *, locale: str) -> Words:
    """Return the words a room brought, in one language."""
    if locale == "en":
        return Words(brought.subject_en, brought.body_en)
    return Words(brought.subject_id, brought.body_id)


def known_names(brought: MessageTemplate) -> tuple[str, ...]:
    """Return the names that the words of a message may use."""
    return (*brought.variables, ALWAYS_KNOWN)


def words_of(message: OutboxMessage, *, locale: str) -> Words:
    """Return subject and body of a message: the city's own words, else those the room brought.

    :raises MissingWords: if there are none, or if they use a name without a value.
    """
    own = Template.objects.filter(slug=message.template, channel=message.channel, locale=locale).first()
    brought = defaults().get((message.template, message.channel))
    if own is not None:
        words = Words(own.subject, own.body)
    elif brought is not None:
        words = default_words(brought, locale=locale)
    else:
        raise MissingWords(message.template)
    values = {ALWAYS_KNOWN: settings.BALAI_BASE_URL.rstrip("/")}
    values |= {name: str(value) for name, value in message.context.items()}
    if message.secret_context:
        values |= {name: str(value) for name, value in json.loads(message.secret_context).items()}
    try:
        return Words(fill(text=words.subject, values=values), fill(text=words.body, values=values))
    except MissingValue as missing:
        raise MissingWords(f"{message.template} {{{missing.name}}}") from missing


def sample_of(words: Words) -> Words:
    """Return words as they would look, each name standing for itself in angle brackets."""
    asked = {name: f"‹{name}›" for name in names_in(f"{words.subject}\n{words.body}")}
    values = asked | {ALWAYS_KNOWN: settings.BALAI_BASE_URL.rstrip("/")}
    return Words(fill(text=words.subject, values=values), fill(text=words.body, values=values))


def describe_reason(reason: str) -> tuple[str, str]:
    """Return a stored reason as a sentence in the language of the page, and the detail that came with it."""
    code, _colon, detail = reason.partition(": ")
    return (str(REASONS[code]), detail) if code in REASONS else (reason, "")


def state_words(state: str) -> str:
    """Return the state of a message in the language of the page."""
    return str(STATES.get(state, state))
