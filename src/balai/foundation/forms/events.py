"""What happens to forms, in the past tense."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(form_id: int) -> str:
    """Return the stream of a form."""
    return f"form:{form_id}"


@dataclass(frozen=True, kw_only=True)
class FormPublished(DomainEvent):
    """A version can be filled in from now on."""

    form: str
    number: int
    fields: int
