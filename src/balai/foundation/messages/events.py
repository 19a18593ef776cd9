"""What people did with messages."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MessageWordsChanged(DomainEvent):
    """The city gave a message words of its own."""

    slug: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessageWordsReset(DomainEvent):
    """A message went back to the words its room brought."""

    slug: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class MessagesSentAgain(DomainEvent):
    """Somebody had failed messages sent once more; ``message_id`` when it was one."""

    count: int
    message_id: int | None = None
