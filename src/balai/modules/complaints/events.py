"""What happens to the set-up of complaints."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


@dataclass(frozen=True, kw_only=True)
class RuleSetActivated(DomainEvent):
    """Other routing rules hold from now on."""

    version: int
    rules: int
