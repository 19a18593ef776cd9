"""Prove at start that the words which rooms bring can be sent."""

from collections import Counter
from typing import Any

from django.core.checks import CheckMessage, Error, register

from balai.foundation.messages.actions.queue import channels
from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.rules import unknown_names
from balai.foundation.messages.words import known_names
from balai.foundation.registry.discover import contributions


@register()
def check_templates(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for each doubled message, unknown channel or name that has no value."""
    brought = contributions(MessageTemplate)
    problems: list[CheckMessage] = [
        Error(f"Two messages are called {slug!r} on {channel!r}.", id="balai.messages.E001")
        for (slug, channel), count in Counter((item.slug, item.channel) for item in brought).items()
        if count > 1
    ]
    known_channels = channels()
    for item in brought:
        if item.channel not in known_channels:
            problems.append(
                Error(f"Message {item.slug!r}: no room delivers on {item.channel!r}.", id="balai.messages.E002")
            )
        text = f"{item.subject_id}\n{item.subject_en}\n{item.body_id}\n{item.body_en}"
        problems += [
            Error(f"Message {item.slug!r} uses {{{name}}}, which it does not declare.", id="balai.messages.E003")
            for name in unknown_names(text=text, known=known_names(item))
        ]
    return problems
