"""What rooms give to the record: who listens to what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from balai.foundation.events.facts import DomainEvent


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """``call(event=row)`` runs in the worker after the change is committed, at least once: it must be repeatable."""

    event: type[DomainEvent]
    call: Callable[..., Any]
