"""Listen to providers, and ask them again: money is found before the person has to ask."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from balai.foundation.events.actions import append
from balai.foundation.events.rules import SYSTEM
from balai.foundation.payments.actions.bills import NotPayable, hold_bill, mark_paid
from balai.foundation.payments.contributions import PaymentProvider
from balai.foundation.payments.events import PaymentUnmatched
from balai.foundation.payments.models import Bill, Receipt
from balai.foundation.payments.rules.bills import Mismatch, Received, Recorded, compare
from balai.foundation.registry.discover import contributions

logger = logging.getLogger(__name__)
# How far back the comparison looks: longer than any provider takes to bring back what it lost.
LOOK_BACK = timedelta(days=3)


class BadCallback(Exception):
    """A callback that is not the provider's own: unsigned, old, or unreadable; nothing was changed."""


class UnknownProvider(Exception):
    """No provider of that name is set up."""


def provider_named(slug: str) -> PaymentProvider:
    """Return the provider called ``slug``.

    :raises UnknownProvider: if there is none.
    """
    for provider in contributions(PaymentProvider):
        if provider.slug == slug:
            found: PaymentProvider = provider
            return found
    raise UnknownProvider(slug)


def receive_callback(*, provider: str, body: bytes, headers: Mapping[str, str], at: datetime) -> Receipt:
    """Take a provider's word, once for each of its references, and return what came of it.

    :raises UnknownProvider: for another name; :raises BadCallback: if it is not the provider's own.
    """
    found = provider_named(provider).read(body, headers, at)
    return note_received(provider=provider, received=found, heard_by="callback", at=at)


def note_received(*, provider: str, received: Received, heard_by: str, at: datetime) -> Receipt:
    """Write down that money came, pay its bill when that fits, and return the note; the same reference counts once."""
    known = Receipt.objects.filter(provider=provider, reference=received.reference).first()
    if known is not None:
        return known
    try:
        return _note(provider=provider, received=received, heard_by=heard_by, at=at)
    except IntegrityError:
        # the same word arrived twice at the same moment
        return Receipt.objects.get(provider=provider, reference=received.reference)


@transaction.atomic
def _note(*, provider: str, received: Received, heard_by: str, at: datetime) -> Receipt:
    bill = hold_bill(number=received.number)
    outcome = _outcome(bill, received)
    note = Receipt.objects.create(
        provider=provider,
        reference=received.reference,
        number=received.number,
        amount_idr=received.amount_idr,
        outcome=outcome,
        heard_by=heard_by,
        at=at,
    )
    if bill is not None and outcome == Receipt.Outcome.PAID:
        mark_paid(
            bill=bill, method=Bill.Method.QRIS, provider=provider, reference=received.reference, actor=SYSTEM, at=at
        )
    else:
        append(
            stream=f"provider:{provider}",
            event=PaymentUnmatched(receipt_id=note.pk, outcome=outcome),
            actor=SYSTEM,
            at=at,
        )
    return note


def _outcome(bill: Bill | None, received: Received) -> str:
    if bill is None:
        return Receipt.Outcome.UNKNOWN_BILL
    if bill.amount_idr != received.amount_idr:
        return Receipt.Outcome.WRONG_AMOUNT
    if bill.state in (Bill.State.PAID, Bill.State.REFUNDED):
        return Receipt.Outcome.PAID_TWICE
    return Receipt.Outcome.PAID if bill.state != Bill.State.CANCELLED else Receipt.Outcome.NOT_PAYABLE


def reconcile(*, at: datetime) -> list[Mismatch]:
    """Compare our record with every provider's and pay what we missed; return what a person has to look at."""
    left: list[Mismatch] = []
    since = at - LOOK_BACK
    for provider in contributions(PaymentProvider):
        try:
            received = provider.received(since, at)
        except Exception:
            # a provider that does not answer must not hide what another one says
            logger.exception("%s did not answer the comparison", provider.slug)
            continue
        for row in received:
            note_received(provider=provider.slug, received=row, heard_by="reconciliation", at=at)
        left += compare(recorded=_recorded(provider.slug, received, since=since), received=received)
    return left


def _recorded(provider: str, received: list[Received], *, since: datetime) -> list[Recorded]:
    named = Bill.objects.filter(number__in={row.number for row in received})
    ours = Bill.objects.filter(provider=provider, paid_at__gte=since)
    rows = {bill.number: bill for bill in (*named, *ours)}
    return [
        Recorded(
            number=bill.number,
            amount_idr=bill.amount_idr,
            # a bill that was paid elsewhere is not this provider's to confirm
            paid=bill.paid_at is not None,
        )
        for bill in rows.values()
    ]


@transaction.atomic
def settle_receipt(*, receipt_id: int, note: str, user_id: int, at: datetime) -> Receipt:
    """Write what was done about money that no bill explains.

    :raises NotPayable: if it was settled already, or its bill was paid by it; :raises ValueError: without words.
    """
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt_id)
    if receipt.settled_at is not None or receipt.outcome == Receipt.Outcome.PAID:
        raise NotPayable(receipt.outcome)
    if not note.strip():
        raise ValueError("words are needed")
    receipt.settled_at, receipt.settled_by_id, receipt.note = at, user_id, note.strip()[:300]
    receipt.save(update_fields=["settled_at", "settled_by", "note"])
    return receipt
