"""Pages of the frame itself."""

import hashlib
from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.places.models import City
from balai.foundation.registry.discover import contributions
from balai.foundation.web import card, marks, preferences
from balai.foundation.web.contributions import HealthReading, HomePanel, LookupBox
from balai.foundation.web.errors import WORDS, answer_to_program, error_answer, wants_json
from balai.foundation.web.queries import city_face
from balai.foundation.web.theme import theme_of_face

_FOR_EVER = "public, max-age=31536000, immutable"
_CONTACT_HOLDS = timedelta(days=180)
_A_DAY = cache_control(public=True, max_age=24 * 3600)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the doors, the box for a number, and what the modules put on the home page."""
    return render(request, "web/home.html", {"panels": _panels(request), "lookup": _lookup()})


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show who runs this service, with which program, under which licence."""
    return render(request, "web/about.html", {"source_url": settings.BALAI_SOURCE_URL})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "web/accessibility.html")


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and a city has been set up, else 503 with what is missing.

    What rooms add (the worker, what waits) tells more and changes the status never: pages work without a worker.
    """
    missing = []
    readings: dict[str, Any] = {}
    try:
        if not City.objects.exists():
            missing.append("city")
        at = clock.now()
        readings = {reading.name: reading.read(at=at) for reading in contributions(HealthReading)}
    except DatabaseError:
        missing.append("database")
    return JsonResponse({"ok": not missing, "missing": missing, **readings}, status=503 if missing else 200)


@login_not_required
@gzip_page
@require_safe
def theme(request: HttpRequest, hash: str) -> HttpResponse:  # noqa: A002 - the name in the address
    """Serve the city's colours: for ever under their own hash, uncached under an old one."""
    current = theme_of_face(city_face())
    response = HttpResponse(current.css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = _FOR_EVER if hash == current.hash else "no-cache"
    return response


@login_not_required
@_A_DAY
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Serve the mark as the browser's icon."""
    return _drawing(marks.icon_svg(city_face()))


@login_not_required
@_A_DAY
@require_safe
def mark(request: HttpRequest) -> HttpResponse:
    """Serve the mark of the city."""
    return _drawing(marks.mark_svg(city_face()))


@login_not_required
@_A_DAY
@require_safe
def social_card(request: HttpRequest) -> HttpResponse:
    """Serve the picture that chat programs show beside a link."""
    face = city_face()
    title, line = face.service_name, face.government_name or face.city_name
    return HttpResponse(card.draw_card(title=title, line=line, colour=face.colour), content_type="image/png")


@login_not_required
@csrf_exempt
@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep a choice of language, theme or rail, and return to the page.

    Without a token on purpose: the worst a stranger's page could do is change the language, and public pages stay
    free of cookies and can be cached.
    """
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    for field, name, allowed in (
        ("language", settings.LANGUAGE_COOKIE_NAME, preferences.LANGUAGES),
        ("theme", preferences.THEME_COOKIE, preferences.THEMES),
        ("rail", preferences.RAIL_COOKIE, preferences.RAILS),
    ):
        value = request.POST.get(field, "")
        if value in allowed:
            preferences.keep(response, name=name, value=value)
    return response


@login_not_required
@_A_DAY
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines which pages are for people at work."""
    lines = ["User-agent: *", "Disallow: /desk/", "Disallow: /settings/", "Disallow: /accounts/"]
    if settings.BALAI_DEMO:
        lines = ["User-agent: *", "Disallow: /"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@login_not_required
@_A_DAY
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Tell whoever found a weakness whom to write to; 404 where the installation names nobody.

    Source: RFC 9116.
    """
    contacts = [part.strip() for part in settings.BALAI_SECURITY_CONTACT.split(",") if part.strip()]
    if not contacts:
        raise Http404
    # whoever reads it may keep it for half a year (the RFC asks for less than one); each day's answer says so anew
    expires = (clock.now() + _CONTACT_HOLDS).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {contact if ':' in contact else f'mailto:{contact}'}" for contact in contacts),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
        f"Canonical: {settings.BALAI_BASE_URL.rstrip('/')}{request.path}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 when the request was too large."""
    return error_answer(request, status=413 if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)) else 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose token is missing or old."""
    return error_answer(request, status=403, key="csrf")


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429 where only the limit is known, not for how long: its windows last an hour."""
    return error_answer(request, status=429, headers={"Retry-After": "3600"})


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return error_answer(request, status=403)


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return error_answer(request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without the database, the session or the city: any of them may be what broke."""
    if wants_json(request):
        return answer_to_program(request, WORDS["500"], 500)
    context = {"language": preferences.chosen_language(request)}
    return HttpResponse(render_to_string("web/error_500.html", context), status=500)


def _drawing(svg: str) -> HttpResponse:
    response = HttpResponse(svg, content_type="image/svg+xml")
    # Opened by itself, a drawing could run what it contains; this forbids it even if the cleaning missed something.
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; sandbox"
    response["ETag"] = f'"{hashlib.sha256(svg.encode()).hexdigest()[:16]}"'
    return response


def _panels(request: HttpRequest) -> list[str]:
    made: list[str] = []
    for panel in sorted(contributions(HomePanel), key=lambda panel: panel.order):
        context: dict[str, Any] | None = import_string(panel.context)(request=request) if panel.context else {}
        if context is not None:
            made.append(render_to_string(panel.template, context, request=request))
    return made


def _lookup() -> dict[str, Any] | None:
    boxes = sorted(contributions(LookupBox), key=lambda box: box.order)
    for box in boxes:
        try:
            return {"box": box, "url": reverse(box.view)}
        except NoReverseMatch:
            continue  # its module is switched off
    return None
