"""Find a report again: by number, and by number and code for the reporter's own page."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from balai.engines.cases.actions import stop_following as end_following
from balai.engines.cases.actions.codes import open_with_code
from balai.engines.cases.queries import public_cases
from balai.engines.cases.queries.families import own_address
from balai.engines.cases.queries.opened import code_mark, opened_cases
from balai.engines.cases.rules.references import is_reference, tidy_reference
from balai.foundation.calendar import clock
from balai.foundation.identity import conversations
from balai.foundation.limits.actions import TooMany, check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.limits.rules import line_of
from balai.modules.complaints.forms.conversation import FindForm
from balai.modules.complaints.stop_links import follower_of

# for all numbers together; an address may serve a whole village
TRIES_PER_ADDRESS = 60
HOUR = timedelta(hours=1)


@login_not_required
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the number; a public report opens at once, the reporter's own page with the code."""
    if request.method == "POST":
        return _open(request)
    typed = request.GET.get("q", "")[:40]
    if not typed.strip():
        return _page(request, FindForm())
    reference = tidy_reference(typed)
    if "code" not in request.GET and public_cases().filter(reference=reference).exists():
        return redirect("complaints:case", reference)
    # whoever wants the page of its sender is told of the code only, the same for every number
    asked = "own" if "code" in request.GET else "public"
    return _page(request, FindForm(initial={"number": typed}), asked=asked, mistyped=not is_reference(typed))


def _open(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    if not code:
        reference = tidy_reference(number)
        if public_cases().filter(reference=reference).exists():
            return redirect("complaints:case", reference)
        form.add_error("code", _("Type the code as well: without it, only public reports can be opened."))
        return _page(request, form, status=422)
    at, address = clock.now(), caller_of(request)
    try:
        check_limit(key=f"code:address:{line_of(address)}", limit=TRIES_PER_ADDRESS, per=HOUR, at=at)
        case = open_with_code(number=number, code=code, address=address, at=at)
    except TooMany as too_many:
        form.add_error(
            None,
            _("Too many tries. Wait %(minutes)s minutes, then type number and code again.")
            % {"minutes": max(1, round(too_many.retry_after / 60))},
        )
        response = _page(request, form, status=429)
        response["Retry-After"] = str(too_many.retry_after)
        return response
    if case is None:
        # one sentence for an unknown number and for a wrong code: nobody learns which numbers exist
        form.add_error(
            None,
            _("This number and this code do not belong together. Compare both with what you kept, sign by sign."),
        )
        return _page(request, form, status=422)
    response = redirect(own_address(case))
    conversations.remember(response, case.pk, mark=code_mark(case), request=request)
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_following(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more, then write no more; mail programs that open every link change nothing."""
    follower_id = follower_of(token=token)
    if follower_id is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        end_following(follower_id=follower_id)
    response = render(request, "complaints/stop_following.html", {"token": token, "is_done": is_done})
    # the address is a key: it does not travel to where a link on this page leads
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(
    request: HttpRequest, form: FindForm, *, asked: str = "", mistyped: bool = False, status: int = 200
) -> HttpResponse:
    kept = conversations.marks(request)
    mine = [(case, own_address(case)) for case in opened_cases(marks=kept).order_by("-id")[:10]] if kept else []
    return render(
        request,
        "complaints/find.html",
        {"form": form, "asked": asked, "mistyped": mistyped, "mine": mine},
        status=status,
    )
