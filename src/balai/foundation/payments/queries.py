"""What the pages show of bills and money."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from balai.foundation.payments.contributions import BillOwner, PaymentProvider
from balai.foundation.payments.models import Bill, Closing, Receipt, Refund
from balai.foundation.payments.rules.bills import Purpose, bill_number_of
from balai.foundation.places.queries import current_city
from balai.foundation.registry.discover import contributions
from balai.foundation.units.models import Unit
from balai.foundation.units.rules import Authority

PAGE = 50
Row = TypeVar("Row", Bill, Closing)
Check = Literal["", "provider", "agency"]


def bills_of(*, owner_kind: str, owner_ids: Collection[int]) -> dict[int, list[Bill]]:
    """Return the bills of some owners, newest first; one statement."""
    found: dict[int, list[Bill]] = {}
    for bill in Bill.objects.filter(owner_kind=owner_kind, owner_id__in=owner_ids).order_by("-pk"):
        found.setdefault(bill.owner_id, []).append(bill)
    return found


def check_of(*, bill: Bill) -> Check:
    """Return whose word an unpaid bill waits for because money for it has come: nobody may pay it a second time.

    ``provider`` until its call arrives or the comparison finds the payment; ``agency`` until somebody has settled a
    payment that does not fit; empty otherwise.
    """
    if bill.state not in {Bill.State.OPEN, Bill.State.EXPIRED}:
        return ""
    came = Receipt.objects.filter(number=bill.number, settled_at__isnull=True)
    if came.exclude(outcome=Receipt.Outcome.PAID).exists():
        return "agency"
    is_unheard = any(bill.number in provider.unheard([bill.number]) for provider in contributions(PaymentProvider))
    return "provider" if is_unheard else ""


def _units(authority: Authority, permission: str) -> set[int] | None:
    """Return the units whose money somebody may see; None: all."""
    units: set[int] = set()
    for grant in authority.grants_for(permission):
        if grant.unit_ids is None:
            return None
        units |= grant.unit_ids
    return units


def units_of(*, authority: Authority) -> list[Unit]:
    """Return the agencies whose counters somebody may close, by name."""
    units = _units(authority, "payments.collect")
    rows = Unit.objects.filter(active=True).order_by("name")
    return list(rows if units is None else rows.filter(pk__in=units))


def _within(rows: QuerySet[Row], units: set[int] | None) -> QuerySet[Row]:
    return rows if units is None else rows.filter(unit_id__in=units)


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What whoever holds the money has to look at."""

    unsettled: list[Receipt]
    # with what each is for
    open_bills: list[tuple[Bill, Purpose]]
    # newest first; ``paid_count`` of them are paid today, of which the newest are here
    paid_today: list[tuple[Bill, Purpose]]
    paid_count: int
    refunds: list[Refund]
    closings: list[Closing]


def names_of(bills: Sequence[Bill]) -> list[tuple[Bill, Purpose]]:
    """Return bills with what each is for, in the words of its owner's room; one statement for each kind of owner."""
    names: dict[tuple[str, int], Purpose] = {}
    for owner in contributions(BillOwner):
        ids = {bill.owner_id for bill in bills if bill.owner_kind == owner.owner_kind}
        names |= {(owner.owner_kind, pk): purpose for pk, purpose in (owner.names(ids) if ids else {}).items()}
    return [
        (bill, names.get((bill.owner_kind, bill.owner_id)) or Purpose(str(bill.lines[0]["label"]))) for bill in bills
    ]


def found_bills(*, authority: Authority, words: str) -> list[tuple[Bill, Purpose]]:
    """Return the bills that a number means, that of a bill or of what it is for, in every state, newest first."""
    wanted = Q(number=bill_number_of(words))
    for owner in contributions(BillOwner):
        wanted |= Q(owner_kind=owner.owner_kind, owner_id__in=owner.find(words))
    rows = _within(Bill.objects.filter(wanted), _units(authority, "payments.collect")).select_related("unit")
    return names_of(list(rows.order_by("-pk")[:PAGE]))


def _day_began(at: datetime) -> datetime:
    """Return the midnight that began the city's day at a moment."""
    here = at.astimezone(ZoneInfo(current_city().time_zone))
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


def overview(*, authority: Authority, at: datetime) -> Overview:
    """Return unmatched money (only for who may give it back), open bills, today's paid ones, refunds, closings."""
    units = _units(authority, "payments.collect")
    refunding = _units(authority, "payments.refund")
    refunds = Refund.objects.select_related("bill", "decided_by").order_by("paid_out_at", "-decided_at")
    if refunding is not None:
        refunds = refunds.filter(bill__unit_id__in=refunding)
    unsettled = Receipt.objects.filter(settled_at__isnull=True).exclude(outcome=Receipt.Outcome.PAID).order_by("at")
    paid = _within(Bill.objects.filter(paid_at__gte=_day_began(at), paid_at__lte=at), units)
    return Overview(
        # nobody knows whose agency a payment without a bill belongs to: only who answers for the whole city sees it
        unsettled=list(unsettled[:PAGE]) if refunding is None else [],
        open_bills=names_of(
            list(
                _within(Bill.objects.filter(state=Bill.State.OPEN), units)
                .select_related("unit")
                .order_by("expires_at")[:PAGE]
            )
        ),
        paid_today=names_of(list(paid.select_related("unit").order_by("-paid_at", "-pk")[:PAGE])),
        paid_count=paid.count(),
        refunds=list(refunds[:PAGE]),
        closings=list(
            _within(Closing.objects.all(), units).select_related("unit", "closed_by").order_by("-day", "-pk")[:PAGE]
        ),
    )


def bill_within(*, number: str, authority: Authority, permission: str) -> Bill | None:
    """Return a bill that somebody may act on, or None, so that nobody learns what exists."""
    units = _units(authority, permission)
    if units is not None and not units:
        return None
    return _within(Bill.objects.filter(number=number).select_related("unit", "taken_by"), units).first()
