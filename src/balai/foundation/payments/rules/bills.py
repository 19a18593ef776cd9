"""What a bill is and may become; what a provider's word is worth."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["open", "paid", "expired", "cancelled", "refunded"]
# from → what may follow; everything else is refused by code and by the database
ALLOWED: dict[str, frozenset[str]] = {
    "open": frozenset({"paid", "expired", "cancelled"}),
    # money that comes after the term is still the person's: it counts, and the expiry is taken back
    "expired": frozenset({"paid", "cancelled"}),
    "paid": frozenset({"refunded"}),
    "cancelled": frozenset(),
    "refunded": frozenset(),
}
# How far a provider's clock may be from ours before its word counts as an old one played again.
PATIENCE_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One line of a bill: what for, and whole rupiah (may be 0, never less)."""

    label: str
    amount_idr: int


@dataclass(frozen=True)
class Purpose:
    """What a bill is for: in words, and the number of the matter where it has one."""

    words: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.words} · {self.number}" if self.number else self.words


class BadBill(ValueError):
    """A bill that cannot be. ``code``: no_lines, negative, nothing_to_pay, too_much, already_over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


MOST_IDR = 9_999_999_999


def bill_total(*, lines: Sequence[BillLine], expires_at: datetime, at: datetime) -> int:
    """Return what is to be paid, in whole rupiah.

    :raises BadBill: without lines, with a negative line, with nothing to pay, beyond what a QRIS code can say, or
        when it would be over before it began.
    """
    if not lines:
        raise BadBill("no_lines")
    if any(line.amount_idr < 0 for line in lines):
        raise BadBill("negative")
    total = sum(line.amount_idr for line in lines)
    if total == 0:
        raise BadBill("nothing_to_pay")
    if total > MOST_IDR:
        raise BadBill("too_much")
    if expires_at <= at:
        raise BadBill("already_over")
    return total


def counter_name(text: str) -> str:
    """Return the name of a counter as it is kept, without odd spaces; two names are one where only case differs."""
    return " ".join(text.split())


def may_become(*, state: str, target: str) -> bool:
    """Return whether a bill in ``state`` may become ``target``."""
    return target in ALLOWED.get(state, frozenset())


def signature(*, secret: str, timestamp: str, body: bytes) -> str:
    """Return what a provider signs: HMAC-SHA-256 (hex) over time, a full stop and the body as it was sent."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(*, secret: str, timestamp: str, body: bytes, given: str, at: datetime) -> bool:
    """Return whether a provider's word is its own and of now; compared in constant time."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(at.timestamp() - int(timestamp)) > PATIENCE_SECONDS:
        return False
    expected = signature(secret=secret, timestamp=timestamp, body=body)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What we hold of one bill: its number, amount and whether it is paid."""

    number: str
    amount_idr: int
    paid: bool


@dataclass(frozen=True, kw_only=True)
class Received:
    """What a provider holds: the bill's number, the amount that came and the provider's own reference."""

    number: str
    amount_idr: int
    reference: str


@dataclass(frozen=True)
class Mismatch:
    """Where the two differ. ``kind``: paid_not_recorded, recorded_not_paid, wrong_amount, unknown_bill, paid_twice."""

    kind: str
    number: str
    reference: str = ""


def compare(*, recorded: Sequence[Recorded], received: Sequence[Received]) -> list[Mismatch]:
    """Return every difference between our record and the provider's, in order of the bill's number."""
    ours = {row.number: row for row in recorded}
    found: list[Mismatch] = []
    came: dict[str, int] = {}
    for row in received:
        came[row.number] = came.get(row.number, 0) + 1
        bill = ours.get(row.number)
        if bill is None:
            found.append(Mismatch("unknown_bill", row.number, row.reference))
        elif came[row.number] > 1:
            found.append(Mismatch("paid_twice", row.number, row.reference))
        elif row.amount_idr != bill.amount_idr:
            found.append(Mismatch("wrong_amount", row.number, row.reference))
        elif not bill.paid:
            found.append(Mismatch("paid_not_recorded", row.number, row.reference))
    found += [Mismatch("recorded_not_paid", row.number) for row in recorded if row.paid and row.number not in came]
    return sorted(found, key=lambda each: (each.number, each.kind, each.reference))


def bill_number_of(text: str) -> str:
    """Return the number of a bill as somebody may type it (``b26 1``, ``26-00000001``) in full; else the text itself."""
    found = re.fullmatch(r"B?(\d{2})[\s.-]*(\d{1,8})", text.strip().upper(), re.ASCII)
    return f"B{found[1]}-{int(found[2]):08}" if found else text.strip()
