"""What may be recorded: frozen facts in the past tense."""

from dataclasses import dataclass
from typing import Any

from balai.foundation.events.rules import Actor


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of all facts. Fields are ids and plain values; never personal data, never model instances."""

    @classmethod
    def fact_name(cls) -> str:
        """Return the name under which the fact is stored."""
        return cls.__name__

    def facts(self) -> dict[str, Any]:
        """Return the stored form; fields without value are left out."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A domain event with who did it, and whether the public may read it."""

    event: DomainEvent
    actor: Actor
    public: bool = False
