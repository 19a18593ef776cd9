"""Where a computer in a building fetches its hall and sends what happened there."""

import json
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from balai.foundation.api.problems import Problem, problem_response
from balai.foundation.calendar import clock
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.modules.queue.actions import exchange
from balai.modules.queue.keeping import keeper_hash
from balai.modules.queue.models import Hall

CALLS_A_MINUTE = 120


# a program with a key of its own: no cookie, so nothing that another site could send in its name
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the hall as it is set up (GET); take in what happened in the building (POST), as often as it is sent."""
    at = clock.now()
    check_limit(
        key=f"queue:keep:{caller_of(request)}",
        limit=CALLS_A_MINUTE,
        per=timedelta(minutes=1),
        at=at,
    )
    hall = Hall.objects.filter(slug=slug).exclude(keeper_hash="").select_related("unit", "schedule").first()
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if (
        hall is None
        or scheme.lower() != "bearer"
        or not constant_time_compare(hall.keeper_hash, keeper_hash(key.strip()))
    ):
        detail = _("The key is wrong, or the hall was taken back.")
        return problem_response(request, Problem(401, detail=detail, kind="key-needed"))
    if request.method == "GET":
        return JsonResponse(exchange.hall_for_building(hall, at=at))
    try:
        exchange.take_in(hall_id=hall.pk, sent=json.loads(request.body), at=at)
    except (
        exchange.BadSending, IntegrityError, DataError, ArithmeticError, RecursionError,
        ValueError, KeyError, TypeError, AttributeError,
    ):  # fmt: skip
        detail = _("What was sent is not a hall's day; nothing was kept.")
        return problem_response(request, Problem(422, detail=detail, kind="not-understood"))
    return JsonResponse({"kept": True})
