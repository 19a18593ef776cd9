"""What happens between us and other programs, in the past tense."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(system: str) -> str:
    """Return the stream of an outside system (its slug)."""
    return f"outside:{system}"


@dataclass(frozen=True, kw_only=True)
class HandedOver(DomainEvent):
    """Something waits for an outside system from now on."""

    hand_over_id: int
    owner_kind: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class HandOverTaken(DomainEvent):
    """The outside system has it."""

    hand_over_id: int
    owner_kind: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class HandOverEnded(DomainEvent):
    """The outside system answered or refused, or somebody here gave up; ``state`` says which."""

    hand_over_id: int
    owner_kind: str
    owner_id: int
    step: str
    state: str


@dataclass(frozen=True, kw_only=True)
class WebhookChanged(DomainEvent):
    """A program is told of other things, at another address, or no longer."""

    webhook_id: int
    what: str


@dataclass(frozen=True, kw_only=True)
class OutsideSystemChanged(DomainEvent):
    """An outside system was opened, changed, paused, resumed or given a new secret; ``what`` says which."""

    system: str
    what: str
