"""What happens in a hall, in the past tense; nothing of who the person is."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(hall: str) -> str:
    """Return the stream of a hall (its slug)."""
    return f"hall:{hall}"


@dataclass(frozen=True, kw_only=True)
class TicketDrawn(DomainEvent):
    """Somebody came: drew a number at the kiosk, or arrived for an appointment."""

    ticket_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class TicketCalled(DomainEvent):
    """A number was called to a counter."""

    ticket_id: int
    number: str
    counter: int


@dataclass(frozen=True, kw_only=True)
class TicketServed(DomainEvent):
    """An errand was done; ``more`` when the visit goes on at the next counter."""

    ticket_id: int
    number: str
    counter: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class TicketMissed(DomainEvent):
    """Nobody came to the counter after several calls."""

    ticket_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class CounterFreed(DomainEvent):
    """Somebody freed a counter whose officer was not there any more."""

    counter: int


@dataclass(frozen=True, kw_only=True)
class HallChanged(DomainEvent):
    """Counters, errands or hours of a hall were set up anew."""

    hall: str
