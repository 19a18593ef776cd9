"""Issue bills, take money, let terms pass, give money back. Each in one commit, each decided once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from balai.foundation.events.actions import append
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.payments.events import (
    BillCancelled,
    BillEvent,
    BillExpired,
    BillIssued,
    BillPaid,
    BillRefunded,
    stream_of,
)
from balai.foundation.payments.models import Bill, BillCounter, Closing, Refund
from balai.foundation.payments.rules.bills import BillLine, bill_total, counter_name, may_become
from balai.foundation.places.queries import city_day
from balai.foundation.units.models import Unit

EXPIRY_BATCH = 200


class NotPayable(Exception):
    """Nothing was changed: the bill is paid, cancelled or refunded already, or the counter's day is closed.

    ``state`` says which.
    """

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class RefundRefused(Exception):
    """Only a paid bill can be given back, once, and no more than was paid. ``code``: not_paid, too_much, no_reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _next_number(at: datetime) -> str:
    """Return the next number of the city's year, without gaps; taken in the transaction that uses it."""
    year = city_day(at).year
    BillCounter.objects.bulk_create([BillCounter(year=year)], ignore_conflicts=True)
    BillCounter.objects.filter(year=year).update(value=F("value") + 1)
    value = BillCounter.objects.values_list("value", flat=True).get(year=year)
    return f"B{year % 100:02}-{value:08}"


@transaction.atomic
def issue_bill(
    *,
    owner_kind: str,
    owner_id: int,
    unit_id: int,
    resident_id: int | None,
    lines: Sequence[BillLine],
    expires_at: datetime,
    actor: Actor,
    at: datetime,
) -> Bill:
    """Ask somebody to pay, and return the bill.

    :raises BadBill: if the lines make no bill.
    """
    total = bill_total(lines=lines, expires_at=expires_at, at=at)
    bill = Bill.objects.create(
        number=_next_number(at),
        owner_kind=owner_kind,
        owner_id=owner_id,
        unit_id=unit_id,
        resident_id=resident_id,
        amount_idr=total,
        lines=[{"label": line.label, "amount_idr": line.amount_idr} for line in lines],
        issued_at=at,
        expires_at=expires_at,
    )
    _tell(bill, BillIssued, actor=actor, at=at)
    return bill


def _tell(bill: Bill, event: type[BillEvent], *, actor: Actor, at: datetime, **facts: str) -> None:
    append(
        stream=stream_of(bill.number),
        event=event(
            bill_id=bill.pk, owner_kind=bill.owner_kind, owner_id=bill.owner_id, amount_idr=bill.amount_idr, **facts
        ),
        actor=actor,
        at=at,
    )


def hold_bill(*, number: str) -> Bill | None:
    """Lock a bill for a decision; call inside a transaction."""
    # a callback, a reconciliation and a counter may come at the same moment; the second sees what the first did
    return Bill.objects.select_for_update(of=("self",)).filter(number=number).first()


def mark_paid(
    *,
    bill: Bill,
    method: str,
    provider: str = "",
    reference: str = "",
    taken_by_id: int | None = None,
    counter: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """Write that a held bill is paid.

    :raises NotPayable: if it cannot be any more.
    """
    if not may_become(state=bill.state, target=Bill.State.PAID):
        raise NotPayable(bill.state)
    bill.state, bill.paid_at, bill.method = Bill.State.PAID, at, method
    bill.provider, bill.reference = provider, reference
    bill.taken_by_id, bill.counter = taken_by_id, counter
    bill.save()
    _tell(bill, BillPaid, actor=actor, at=at, method=method, provider=provider, reference=reference)


@transaction.atomic
def take_cash(*, bill_id: int, user_id: int, counter: str, actor: Actor, at: datetime) -> Bill:
    """Write that an officer took the whole amount at a counter, and return the bill.

    :raises NotPayable: if somebody else was faster, or it is not owed any more; ``day_closed`` after the counter's day
        was counted: money taken then would be in no closing.
    """
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=bill_id)
    name = counter_name(counter)
    # whoever counts the drawer at this moment waits, or has finished
    Unit.objects.select_for_update(of=("self",)).get(pk=bill.unit_id)
    if Closing.objects.filter(unit_id=bill.unit_id, counter__iexact=name, day=city_day(at)).exists():
        raise NotPayable("day_closed")
    mark_paid(bill=bill, method=Bill.Method.CASH, taken_by_id=user_id, counter=name, actor=actor, at=at)
    return bill


@transaction.atomic
def cancel_bill(*, bill_id: int, actor: Actor, at: datetime) -> Bill:
    """Write that a bill is not owed any more, and return it.

    :raises NotPayable: if it was paid meanwhile.
    """
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=bill_id)
    if not may_become(state=bill.state, target=Bill.State.CANCELLED):
        raise NotPayable(bill.state)
    bill.state = Bill.State.CANCELLED
    bill.save(update_fields=["state"])
    _tell(bill, BillCancelled, actor=actor, at=at)
    return bill


def expire_bills(*, at: datetime) -> int:
    """Let the terms of open bills pass and return how many; each in its own commit."""
    over = Bill.objects.filter(state=Bill.State.OPEN, expires_at__lte=at).order_by("expires_at")
    count = 0
    for number in over.values_list("number", flat=True)[:EXPIRY_BATCH]:
        with transaction.atomic():
            bill = hold_bill(number=number)
            if bill is None or bill.state != Bill.State.OPEN:
                continue
            bill.state = Bill.State.EXPIRED
            bill.save(update_fields=["state"])
            _tell(bill, BillExpired, actor=SYSTEM, at=at)
            count += 1
    return count


@transaction.atomic
def refund_bill(*, bill_id: int, amount_idr: int, reason: str, user_id: int, actor: Actor, at: datetime) -> Refund:
    """Decide that money of a paid bill goes back, and return the entry of the register.

    :raises RefundRefused: if it is not paid, was given back already, or less was paid.
    """
    bill = Bill.objects.select_for_update(of=("self",)).get(pk=bill_id)
    if not may_become(state=bill.state, target=Bill.State.REFUNDED):
        raise RefundRefused("not_paid")
    if not 0 < amount_idr <= bill.amount_idr:
        raise RefundRefused("too_much")
    if not reason.strip():
        raise RefundRefused("no_reason")
    bill.state = Bill.State.REFUNDED
    bill.save(update_fields=["state"])
    made = Refund.objects.create(
        bill=bill, amount_idr=amount_idr, reason=reason.strip()[:300], decided_by_id=user_id, decided_at=at
    )
    _tell(bill, BillRefunded, actor=actor, at=at)
    return made


@transaction.atomic
def pay_out(*, refund_id: int, reference: str, at: datetime) -> Refund:
    """Write that a refund went out, under the transfer's number.

    :raises RefundRefused: ``no_reason`` without a number, ``not_paid`` if it went out already.
    """
    refund = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
    if refund.paid_out_at is not None:
        raise RefundRefused("not_paid")
    if not reference.strip():
        raise RefundRefused("no_reason")
    refund.reference, refund.paid_out_at = reference.strip()[:80], at
    refund.save(update_fields=["reference", "paid_out_at"])
    return refund
