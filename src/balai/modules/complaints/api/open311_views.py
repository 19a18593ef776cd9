"""Open311 GeoReport v2: the addresses. Reads need no key; creating needs one with the scope ``open311``."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from balai.foundation.api.keys import require_key
from balai.foundation.api.problems import Problem
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.limits.actions import TooMany, check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.web.words import is_english
from balai.modules.complaints.actions import ReportRefused, Submission, submit_report
from balai.modules.complaints.api import open311
from balai.modules.complaints.queries import open311 as reads
from balai.modules.complaints.rules.open311 import (
    Refused,
    read_answers,
    read_description,
    read_place,
    read_search,
)

LISTS_AN_HOUR = 1_200
View = Callable[..., HttpResponse]
# the standard names the first; clients that send a photo along use the second
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def answer(form: str, root: str, value: Any, *, status: int = 200) -> HttpResponse:
    """Return ``value`` in the asked format."""
    body = open311.to_xml(root, value) if form == "xml" else open311.to_json(value)
    response = HttpResponse(body, status=status, content_type=open311.CONTENT_TYPES[form])
    response["Access-Control-Allow-Origin"] = "*"
    return response


def refused(form: str, code: int, description: str) -> HttpResponse:
    """Return an error in the asked format."""
    return answer(form, "errors", [{"code": code, "description": description}], status=code)


def answer_failure(request: HttpRequest, *, status: int, text: str) -> HttpResponse:
    """Answer what was turned away before a view saw it, in the asked format; XML where the address names none."""
    return refused("json" if request.path.endswith(".json") else "xml", status, text)


def _check_request(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise Refused(405, "use " + " or ".join(method for method in methods if method != "HEAD"))
    if request.method == "POST" and request.content_type not in FORM_TYPES:
        raise Refused(415, "send application/x-www-form-urlencoded")
    wanted = (request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id") or "").strip()
    if wanted and wanted not in reads.jurisdictions():
        raise Refused(404, "jurisdiction_id was not found")


def call(*methods: str) -> Callable[[View], View]:
    """Make a view public, free of CSRF (a key authorises, no cookie does), with errors in its own format.

    The doors of ``foundation.api`` answer errors as problems and take no writes from other origins; clients of this
    standard expect both otherwise.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def wrapped(request: HttpRequest, form: str, **rest: Any) -> HttpResponse:
            if request.method == "OPTIONS":
                return _preflight(methods)
            try:
                _check_request(request, methods)
                return view(request, form=form, **rest)
            except Refused as error:
                response = refused(form, error.code, error.description)
                if error.code == 405:
                    response["Allow"] = ", ".join(methods)
                return response
            except TooMany as error:
                response = refused(form, 429, "too many calls; wait as long as Retry-After says")
                response["Retry-After"] = str(error.retry_after)
                return response

        return wrapped

    return decorate


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": "Authorization, Accept-Language, Content-Type, Idempotency-Key",
            "Access-Control-Max-Age": "86400",
        },
    )


@call("GET", "HEAD")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Where the endpoint is and when its list of services last changed."""
    return answer(form, "discovery", open311.discovery(reads.changed(), base=settings.BALAI_BASE_URL))


@call("GET", "HEAD")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """All services."""
    return answer(
        form, "services", [open311.service(row, english=is_english()) for row in reads.active_categories().values()]
    )


@call("GET", "HEAD")
def service(request: HttpRequest, *, form: str, code: str) -> HttpResponse:
    """Answer the questions of one service; a service without any has an empty list."""
    row = reads.active_categories().get(code)
    if row is None:
        raise Refused(404, "service_code was not found")
    return answer(form, "service_definition", open311.definition(row, english=is_english()))


@call("GET", "HEAD", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """Find (GET) or create (POST)."""
    if request.method == "POST":
        return _create(request, form)
    at = clock.now()
    # a village shares one address, and a client that reads the whole record goes through it page by page
    check_limit(key=f"public:open311:{caller_of(request)}", limit=LISTS_AN_HOUR, per=timedelta(hours=1), at=at)
    search = read_search(request.GET.dict(), at=at)
    unknown = [code for code in search.services if code not in reads.active_categories()]
    if unknown and not search.ids:
        raise Refused(404, f"service_code was not found: {unknown[0][:60]}")
    return answer(
        form, "service_requests", [open311.request(row, english=is_english()) for row in reads.find(search=search)]
    )


@call("GET", "HEAD")
def one_request(request: HttpRequest, *, form: str, reference: str) -> HttpResponse:
    """One request by its id."""
    found = reads.one(reference=reference)
    if found is None:
        raise Refused(404, "service_request_id was not found")
    return answer(form, "service_requests", [open311.request(found, english=is_english())])


@call("GET", "HEAD")
def token(request: HttpRequest, *, form: str, token: str) -> HttpResponse:
    """Token to id. We always answer with the id at once, so the id stands for its own token."""
    found = reads.one(reference=token)
    if found is None:
        raise Refused(404, "token was not found")
    return answer(form, "service_requests", [{"service_request_id": found.case.reference, "token": token}])


def _create(request: HttpRequest, form: str) -> HttpResponse:
    at = clock.now()
    try:
        key = require_key(request, "open311", by_parameter=True, at=at)
    except Problem as problem:
        # clients of the standard know 403 for a missing or wrong key, not 401
        raise Refused(403, "api_key is missing or not valid for creating requests") from problem
    given = {name: values[-1] for name, values in request.POST.lists()}
    code = given.get("service_code", "").strip()
    if not code:
        raise Refused(400, "service_code was not provided")
    category = reads.active_categories().get(code)
    if category is None:
        raise Refused(404, "service_code was not found")
    text = read_description(given.get("description", ""))
    lat, lon = read_place(given)
    address = given.get("address_string", "").strip()
    if lat is None and not address and not given.get("address_id", "").strip() and category.needs_place:
        raise Refused(400, "lat and long, address_string or address_id was not provided")
    village = reads.village_named(given.get("address_id", "").strip(), address) if lat is None else None
    name = " ".join(part for part in (given.get("first_name", ""), given.get("last_name", "")) if part.strip())
    contact = any(given.get(field, "").strip() for field in ("email", "phone")) or bool(name)
    repeat = request.headers.get("Idempotency-Key", "").strip()
    media = given.get("media_url", "").strip()
    try:
        opened = submit_report(
            submission=Submission(
                text=f"{text}\n\n{media}".strip() if media else text,
                category=code,
                channel="open311",
                privacy="named" if contact else "anonymous",
                lat=lat,
                lon=lon,
                village_id=village,
                place_words=address,
                name=name,
                email=given.get("email", ""),
                phone=given.get("phone", ""),
                answers=read_answers(dict(request.POST.lists()), category.questions),
                submission_key=f"open311:{key.pk}:{repeat}"[:80] if repeat else None,
                actor=Actor("api", key.pk),
            ),
            at=at,
        )
    except ReportRefused as error:
        raise Refused(400, "; ".join(error.errors.values())) from error
    return answer(
        form,
        "service_requests",
        [
            {
                "service_request_id": opened.case.reference,
                "service_notice": reads.notice(opened.case),
                "account_id": None,
            }
        ],
    )
