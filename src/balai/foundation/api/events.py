"""What happens to keys."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ApiKeyCreated(DomainEvent):
    """A program was given a key."""

    key_id: int
    scopes: str


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(DomainEvent):
    """A key stopped working."""

    key_id: int
