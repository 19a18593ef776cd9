"""How often outside systems answer, for everybody; and where they send their answers."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from balai.foundation.api.problems import Problem, problem_response
from balai.foundation.calendar import clock
from balai.foundation.outbound import actions, queries
from balai.foundation.outbound.actions import AnswerRefused
from balai.foundation.outbound.models import OutsideSystem
from balai.foundation.outbound.rules.signatures import BadSignature, check
from balai.foundation.outbound.words import PROBLEMS
from balai.foundation.web.exports import csv_answer, open_to_all

MOST_BYTES = 64_000


@login_not_required
@require_safe
def availability(request: HttpRequest) -> HttpResponse:
    """Show which outside systems answer, since when not, and what waits for them here."""
    return render(request, "outbound/availability.html", {"lines": queries.system_lines(at=clock.now())})


@login_not_required
@require_safe
def availability_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the same as open data, one row a system and day."""
    rows = (
        (line.system.slug, line.system.name, day.day.isoformat(), day.looks, day.answered, round(day.share, 4))
        for line in queries.system_lines(at=clock.now())
        for day in line.days
    )
    head = ("system", "name", "day", "looks", "answered", "share")
    return open_to_all(csv_answer(filename="outside-systems.csv", head=head, rows=rows, is_example=settings.BALAI_DEMO))


@csrf_exempt
@login_not_required
@require_POST
def answer(request: HttpRequest, system: str) -> HttpResponseBase:
    """Take in what an outside system says about a hand-over; signed, and each message once."""
    at = clock.now()
    known = OutsideSystem.objects.filter(slug=system, active=True).first()
    # an unknown name takes as long and says as little as a wrong signature
    secrets = known.secrets_at(at) if known else ["whsec_AAAA"]
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return problem_response(request, Problem(413, kind="not-understood"))
    message_id = request.headers.get("webhook-id", "")
    try:
        check(
            secrets=secrets,
            message_id=message_id,
            timestamp=request.headers.get("webhook-timestamp", ""),
            signatures=request.headers.get("webhook-signature", ""),
            body=body,
            at=at,
        )
        if known is None:
            raise BadSignature("wrong")
    except BadSignature as error:
        return problem_response(request, Problem(401, detail=error.reason, kind="key-needed"))
    try:
        row = actions.hear(system=known, message_id=message_id, body=body, at=at)
    except AnswerRefused as error:
        status = {"unknown": 404, "ended": 409}.get(error.code, 422)
        kind = {404: "not-found"}.get(status, "not-understood")
        return problem_response(request, Problem(status, detail=PROBLEMS[error.code], kind=kind))
    return JsonResponse({"key": str(row.key), "state": row.state})
