"""What happens to records, in the past tense."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(record_id: int) -> str:
    """Return the stream of a record."""
    return f"record:{record_id}"


@dataclass(frozen=True, kw_only=True)
class RecordEvent(DomainEvent):
    kind: str
    slug: str
    number: int


class RecordDrafted(RecordEvent):
    """A version was begun."""


@dataclass(frozen=True, kw_only=True)
class RecordChanged(RecordEvent):
    """What a version in work says was changed; ``components`` names what."""

    components: list[str]


class ConsultationOpened(RecordEvent):
    """The public is asked."""


@dataclass(frozen=True, kw_only=True)
class CommentMade(RecordEvent):
    """Somebody said what they think; the words stand with the comment and not here."""

    comment: int
    component: str


@dataclass(frozen=True, kw_only=True)
class CommentAnswered(RecordEvent):
    """The agency said what becomes of it."""

    comment: int
    outcome: str


class MinutesRecorded(RecordEvent):
    """What the public said was written down."""


@dataclass(frozen=True, kw_only=True)
class VersionDecreed(RecordEvent):
    """It was set by decree."""

    decree_number: str


@dataclass(frozen=True, kw_only=True)
class VersionReturned(RecordEvent):
    """It went back to the draft, with the reason."""

    reason: str


class VersionPublished(RecordEvent):
    """It is what the city says from its first day on."""


class VersionRetired(RecordEvent):
    """It is not said any more."""
