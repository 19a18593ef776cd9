"""What happens to bills, in the past tense. A ledger posts them later."""

from dataclasses import dataclass

from balai.foundation.events.facts import DomainEvent


def stream_of(number: str) -> str:
    """Return the stream of the bill with this number."""
    return f"bill:{number}"


@dataclass(frozen=True, kw_only=True)
class BillEvent(DomainEvent):
    bill_id: int
    owner_kind: str
    owner_id: int
    amount_idr: int


class BillIssued(BillEvent):
    """Somebody is asked to pay."""


@dataclass(frozen=True, kw_only=True)
class BillPaid(BillEvent):
    """The money is here."""

    method: str
    provider: str = ""
    reference: str = ""


class BillExpired(BillEvent):
    """The term passed without money; a new bill may be asked for."""


class BillCancelled(BillEvent):
    """It is not owed any more."""


class BillRefunded(BillEvent):
    """The money goes back."""


@dataclass(frozen=True, kw_only=True)
class PaymentUnmatched(DomainEvent):
    """Money came that no open bill explains."""

    receipt_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class CounterClosed(DomainEvent):
    """A counter's day was counted."""

    closing_id: int
    difference_idr: int
