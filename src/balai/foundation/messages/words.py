"""Turn a queued message into words."""

import json
import re

from django.conf import settings

from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.models import OutboxMessage, Template
from balai.foundation.registry.discover import contributions

PLACE = re.compile(r"\{(\w+)\}")


class MissingTemplate(Exception):
    """There are no words for this message, or one of them has no value."""


class UnknownVariable(Exception):
    """A text uses a name that the message does not have."""


def defaults() -> dict[tuple[str, str], MessageTemplate]:
    """Return the words that rooms bring, by name and channel."""
    return {(item.slug, item.channel): item for item in contributions(MessageTemplate)}


def check_words(*, slug: str, channel: str, text: str) -> None:
    """Prove that a text uses only the variables of its message.

    :raises UnknownVariable: naming the first that is not known.
    """
    known = {*defaults()[slug, channel].variables, "base_url"}
    for name in PLACE.findall(text):
        if name not in known:
            raise UnknownVariable(name)


def fill(text: str, values: dict[str, str]) -> str:
    """Return ``text`` with ``{name}`` replaced.

    :raises MissingTemplate: for a name without a value.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingTemplate(f"no value for {{{match[1]}}}")
        return values[match[1]]

    return PLACE.sub(value, text)


def words_of(message: OutboxMessage) -> tuple[str, str]:
    """Return subject and body of a message: the city's own words, else those the room brought.

    :raises MissingTemplate: if there are none.
    """
    values = {"base_url": settings.BALAI_BASE_URL} | {name: str(value) for name, value in message.context.items()}
    if message.secret_context:
        values |= json.loads(message.secret_context)
    own = Template.objects.filter(slug=message.template, channel=message.channel, locale=message.locale).first()
    if own is not None:
        return fill(own.subject, values), fill(own.body, values)
    brought = defaults().get((message.template, message.channel))
    if brought is None:
        raise MissingTemplate(f"no words for {message.template} on {message.channel}")
    subject = brought.subject_en if message.locale == "en" else brought.subject_id
    body = brought.body_en if message.locale == "en" else brought.body_id
    return fill(subject, values), fill(body, values)
