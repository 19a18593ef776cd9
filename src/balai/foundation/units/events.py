"""What happens to agencies and posts."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


@dataclass(frozen=True, kw_only=True)
class UnitCreated(DomainEvent):
    slug: str
    unit_kind: str


@dataclass(frozen=True, kw_only=True)
class PostCreated(DomainEvent):
    post_id: int
    level: str


@dataclass(frozen=True, kw_only=True)
class HolderAppointed(DomainEvent):
    post_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class HoldingEnded(DomainEvent):
    post_id: int


@dataclass(frozen=True, kw_only=True)
class UnitRenamed(DomainEvent):
    name: str
    short_name: str


@dataclass(frozen=True, kw_only=True)
class DeputySet(DomainEvent):
    post_id: int
    deputy_id: int
