"""A bill with its code, and the providers' calls."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from balai.foundation.api.problems import Problem, problem_response
from balai.foundation.calendar import clock
from balai.foundation.payments import actions, queries, simulated
from balai.foundation.payments.contributions import BillGuard, BillOwner, PaymentProvider
from balai.foundation.payments.models import Bill
from balai.foundation.payments.words import CHECKING, STATES
from balai.foundation.registry.discover import contributions
from balai.foundation.web.codes import code_svg

MOST_CALLBACK_BYTES = 20_000


def _seen(request: HttpRequest, number: str) -> Bill:
    """Return a bill that this visitor may see.

    :raises Http404: for every other, so that nobody learns what exists.
    """
    bill = Bill.objects.select_related("unit").filter(number=number).first()
    if bill is not None and any(
        guard.may_see(request, bill) for guard in contributions(BillGuard) if guard.owner_kind == bill.owner_kind
    ):
        return bill
    raise Http404


def owner_page(request: HttpRequest, found: Bill) -> str:
    """Return where this visitor reads of what a bill is for; empty where there is no such page for them."""
    pages = (
        owner.page(request, found.owner_id)
        for owner in contributions(BillOwner)
        if owner.owner_kind == found.owner_kind
    )
    return next(pages, "")


def _provider() -> PaymentProvider | None:
    """Return who takes payments here: the first real provider, else the simulated one, else nobody."""
    found = sorted(contributions(PaymentProvider), key=lambda each: not each.is_real)
    return found[0] if found else None


@login_not_required
@never_cache
@require_safe
def bill(request: HttpRequest, number: str) -> HttpResponse:
    """Show what is to be paid, until when, and the code to pay it with."""
    found = _seen(request, number)
    provider = _provider()
    payable = found.state == Bill.State.OPEN
    is_simulated = settings.BALAI_DEMO and provider is not None and not provider.is_real
    check = queries.check_of(bill=found)
    # somebody who says so waits too, and may take it back
    checking = bool(check) or (payable and "paid" in request.GET)
    mark, words = CHECKING if checking else STATES[found.state]
    code = provider.code(found) if provider and payable and not checking else ""
    return render(
        request,
        "payments/bill.html",
        {
            "bill": found,
            "purpose": queries.names_of([found])[0][1],
            "back": owner_page(request, found),
            "mark": mark,
            "state": words,
            "payable": payable,
            "checking": checking,
            "check": check,
            "picture": code_svg([code]) if code else "",
            "simulated": is_simulated,
        },
    )


@login_not_required
@require_POST
def simulate(request: HttpRequest, number: str) -> HttpResponse:
    """Pay with the simulated provider; only in the demonstration."""
    if not settings.BALAI_DEMO:
        raise Http404
    found = _seen(request, number)
    # a second tab still has its button: nobody pays twice
    if found.state == Bill.State.OPEN and not queries.check_of(bill=found):
        loses = "lose" in request.POST
        simulated.pay(number=found.number, amount_idr=found.amount_idr, loses_callback=loses, at=clock.now())
        messages.success(
            request,
            _("Paid at the simulated provider, which lost the call. The comparison finds it within three minutes.")
            if loses
            else _("Paid at the simulated provider. Its call arrives in a moment."),
        )
    return redirect(f"{reverse('payments:bill', args=[number])}?paid=1")


@csrf_exempt
@login_not_required
@require_POST
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Hear a provider; answered 200 also for what we know already, so that it stops calling."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_CALLBACK_BYTES:
        return problem_response(request, Problem(413, detail=gettext_lazy("A callback is shorter than this.")))
    try:
        if (request.content_type or "").startswith("multipart/"):
            # its bytes cannot be read as they were signed
            raise actions.BadCallback("content type")
        note = actions.receive_callback(provider=provider, body=request.body, headers=request.headers, at=clock.now())
    except actions.UnknownProvider:
        return problem_response(request, Problem(404, detail=gettext_lazy("No provider of this name is set up.")))
    except actions.BadCallback:
        return problem_response(
            request, Problem(403, detail=gettext_lazy("The signature, its time or the text is not the provider's."))
        )
    return JsonResponse({"outcome": note.outcome})
