"""The pages of whoever takes money at a counter, or gives it back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.payments import actions, queries
from balai.foundation.payments.forms import CashForm, ClosingForm, PayOutForm, RefundForm, SettleForm
from balai.foundation.payments.models import Bill, Receipt, Refund
from balai.foundation.payments.rules.amounts import rupiah_in_words
from balai.foundation.payments.views import owner_page
from balai.foundation.payments.words import NOT_PAYABLE, OUTCOMES, REFUSALS, STATES
from balai.foundation.units.rules import Grant


def _need(request: HttpRequest, permission: str, unit_id: int | None = None) -> Grant:
    """Return the post under which somebody may do this, at ``unit_id`` where it is about an agency.

    :raises PermissionDenied: without any.
    """
    grants: Sequence[Grant] = request.authority.grants_for(permission)  # type: ignore[attr-defined]
    for grant in grants:
        if unit_id is None or grant.unit_ids is None or unit_id in grant.unit_ids:
            return grant
    raise PermissionDenied


def _actor(request: HttpRequest, grant: Grant) -> Actor:
    return Actor("staff", request.user.pk, grant.post_id)


@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what does not match, what is open, what goes back and which days are closed; or the bills of a number."""
    _need(request, "payments.collect")
    return _overview(request)


def _overview(request: HttpRequest, *, closing: ClosingForm | None = None, status: int = 200) -> HttpResponse:
    shown = queries.overview(authority=request.authority, at=clock.now())  # type: ignore[attr-defined]
    words = request.GET.get("q", "").strip()[:80]
    context: dict[str, Any] = {
        "shown": shown,
        "wanted": words,
        "found": [
            (bill, purpose, *STATES[bill.state])
            for bill, purpose in queries.found_bills(authority=request.authority, words=words)  # type: ignore[attr-defined]
        ]
        if words
        else [],
        "outcomes": [(receipt, OUTCOMES.get(receipt.outcome, receipt.outcome)) for receipt in shown.unsettled],
        "settle_form": SettleForm(),
        "pay_out_form": PayOutForm(),
        "closing_form": closing
        or ClosingForm(
            units=queries.units_of(authority=request.authority),  # type: ignore[attr-defined]
            initial={"day": timezone.localtime(clock.now()).date()},
        ),
        "may_refund": request.authority.may("payments.refund"),  # type: ignore[attr-defined]
    }
    return render(request, "payments/overview.html", context, status=status)


def _bill_of_mine(request: HttpRequest, number: str, permission: str) -> tuple[Bill, Grant]:
    _need(request, permission)
    found = queries.bill_within(number=number, authority=request.authority, permission=permission)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found, _need(request, permission, found.unit_id)


@never_cache
@require_safe
def desk_bill(request: HttpRequest, number: str) -> HttpResponse:
    """Show one bill at the counter: take cash, give back."""
    found, _grant = _bill_of_mine(request, number, "payments.collect")
    return _desk_bill(request, found)


def _desk_bill(
    request: HttpRequest,
    found: Bill,
    *,
    cash: CashForm | None = None,
    refund: RefundForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mark, words = STATES[found.state]
    return render(
        request,
        "payments/desk_bill.html",
        {
            "bill": found,
            "purpose": queries.names_of([found])[0][1],
            "back": owner_page(request, found),
            "mark": mark,
            "state": words,
            "cash_form": cash or CashForm(initial={"counter": request.session.get("counter", "")}),
            "refund_form": refund or RefundForm(initial={"amount_idr": found.amount_idr}),
            "may_refund": request.authority.may("payments.refund", unit_id=found.unit_id),  # type: ignore[attr-defined]
        },
        status=status,
    )


@require_POST
def take_cash(request: HttpRequest, number: str) -> HttpResponse:
    """Write that the whole amount was taken."""
    found, grant = _bill_of_mine(request, number, "payments.collect")
    form = CashForm(request.POST)
    if not form.is_valid():
        return _desk_bill(request, found, cash=form, status=422)
    counter = form.cleaned_data["counter"]
    # the next bill is taken at the same counter
    request.session["counter"] = counter
    try:
        actions.take_cash(
            bill_id=found.pk,
            user_id=request.user.pk or 0,
            counter=counter,
            actor=_actor(request, grant),
            at=clock.now(),
        )
    except actions.NotPayable as refused:
        messages.error(request, str(NOT_PAYABLE.get(refused.state, NOT_PAYABLE[""])))
    else:
        messages.success(request, _("Taken. This is the receipt."))
        return redirect("payments:receipt", number)
    return redirect("payments:desk_bill", number)


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receipt of a paid bill, to be printed."""
    found, _grant = _bill_of_mine(request, number, "payments.collect")
    if found.paid_at is None:
        raise Http404
    context = {
        "bill": found,
        "purpose": queries.names_of([found])[0][1],
        "words": rupiah_in_words(found.amount_idr),
    }
    return render(request, "payments/receipt.html", context)


@require_POST
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """Decide that money goes back."""
    found, grant = _bill_of_mine(request, number, "payments.refund")
    form = RefundForm(request.POST)
    if form.is_valid():
        try:
            actions.refund_bill(
                bill_id=found.pk,
                amount_idr=form.cleaned_data["amount_idr"],
                reason=form.cleaned_data["reason"],
                user_id=request.user.pk or 0,
                actor=_actor(request, grant),
                at=clock.now(),
            )
        except actions.RefundRefused as refused:
            form.add_error(None, str(REFUSALS[refused.code]))
        else:
            messages.success(request, _("Decided. It stands in the register until it goes out."))
            return redirect("payments:overview")
    return _desk_bill(request, found, refund=form, status=422)


@require_POST
def pay_out(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Write that a refund went out."""
    decided = Refund.objects.select_related("bill").filter(pk=refund_id).first()
    if decided is None:
        raise Http404
    _bill_of_mine(request, decided.bill.number, "payments.refund")
    form = PayOutForm(request.POST)
    try:
        if form.is_valid():
            actions.pay_out(refund_id=refund_id, reference=form.cleaned_data["reference"], at=clock.now())
            messages.success(request, _("Written: the money went out."))
        else:
            messages.error(request, str(REFUSALS["no_reason"]))
    except actions.RefundRefused:
        messages.error(request, _("This refund went out already."))
    return redirect("payments:overview")


@require_POST
def settle(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Write what was done about money that no bill explains."""
    _need(request, "payments.refund")
    known = {receipt.pk for receipt in queries.overview(authority=request.authority, at=clock.now()).unsettled}  # type: ignore[attr-defined]
    if receipt_id not in known:
        raise Http404
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what was done about it."))
        return redirect("payments:overview")
    try:
        actions.settle_receipt(
            receipt_id=receipt_id, note=form.cleaned_data["note"], user_id=request.user.pk or 0, at=clock.now()
        )
    except (actions.NotPayable, Receipt.DoesNotExist):
        messages.error(request, _("Somebody settled this a moment ago."))
    else:
        messages.success(request, _("Settled."))
    return redirect("payments:overview")


@require_POST
def close_day(request: HttpRequest) -> HttpResponse:
    """End the day of a counter."""
    _need(request, "payments.collect")
    form = ClosingForm(request.POST, units=queries.units_of(authority=request.authority))  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            actions.close_day(
                **form.cleaned_data,
                user_id=request.user.pk or 0,
                actor=_actor(request, _need(request, "payments.collect", form.cleaned_data["unit_id"])),
                at=clock.now(),
            )
        except actions.ClosingRefused as refused:
            form.add_error("note" if refused.code == "not_explained" else None, str(REFUSALS[refused.code]))
        else:
            messages.success(request, _("The day is closed."))
            return redirect("payments:overview")
    return _overview(request, closing=form, status=422)
