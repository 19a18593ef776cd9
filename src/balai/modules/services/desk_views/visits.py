"""Visits: the appointment, the officer's round, the checklist on the spot, also without a line."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from balai.engines.cases import web
from balai.engines.cases.actions.change import NotAllowed
from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.files.actions import UploadRefused
from balai.foundation.units.queries import holders_in
from balai.modules.services.actions.visits import Found, VisitRefused, record_visit
from balai.modules.services.desk_views.desk import DESK
from balai.modules.services.models import Visit
from balai.modules.services.queries.applications import application_of, contact_of, papers_of
from balai.modules.services.queries.visits import planned_visit, visit_step, visits_of, visits_of_officer
from balai.modules.services.rules.visits import VERDICTS
from balai.modules.services.words import VISIT_LINES, VISIT_PROBLEMS

WORKER = "services/visit-worker.js"


class PlanForm(forms.Form):
    """When who comes."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    begins = forms.TimeField(label=gettext_lazy("Between"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("and"), widget=forms.TimeInput(attrs={"type": "time"}))
    officer = forms.ChoiceField(label=gettext_lazy("Who comes"))
    note = forms.CharField(
        label=gettext_lazy("What the applicant should know"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example: have the key to the plot ready."),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("Agreed with the applicant"),
        help_text=gettext_lazy("Needed only outside the opening hours of the office; the record keeps it."),
        required=False,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), user.name) for user in holders_in(unit_id=case.unit_id, at=clock.now())]
        self.fields["officer"].choices = people  # type: ignore[attr-defined]


def visit_context(request: HttpRequest, case: Case, *, form: PlanForm | None = None) -> dict[str, Any]:
    """Return what the page of an application shows of its visits."""
    step = visit_step(case)
    may = step is not None and web.deciding_grant(request, permission="cases.handle", case=case) is not None
    planned = planned_visit(case)
    if may and form is None:
        form = PlanForm(case=case, initial=_initial(request, planned))
    return {
        "visits": [visit for visit in visits_of(case) if visit.state == Visit.State.DONE],
        "planned": planned,
        "visit_step": step,
        "plan_form": form if may else None,
    }


def _initial(request: HttpRequest, planned: Visit | None) -> dict[str, Any]:
    if planned is None:
        return {"officer": str(request.user.pk)}
    begins, ends = timezone.localtime(planned.begins_at), timezone.localtime(planned.ends_at)
    return {
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "officer": str(planned.officer_id),
        "note": planned.note,
    }


def who_decides(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return actor, authority and moment of a change.

    :raises PermissionDenied: if this officer does not handle the application.
    """
    grant = web.deciding_grant(request, permission="cases.handle", case=case)
    if grant is None:
        raise PermissionDenied
    return {
        "actor": Actor("staff", request.user.pk, grant.post_id),
        "authority": request.authority,  # type: ignore[attr-defined]
        "at": clock.now(),
    }


@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show where this officer is expected, soonest first."""
    web.require_desk(request)
    visits = visits_of_officer(user_id=request.user.pk)
    return render(request, "services/desk/visits.html", {"visits": visits, "at": clock.now()})


def _visit(request: HttpRequest, visit_id: int) -> tuple[Visit, Case]:
    visit = Visit.objects.select_related("case", "officer").filter(pk=visit_id).first()
    if visit is None:
        raise Http404
    return visit, web.access_case(request, desk=DESK, reference=visit.case.reference)


@never_cache
@require_safe
def page(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Show the checklist of one visit; the page can be kept on the device and filled in without a line."""
    visit, case = _visit(request, visit_id)
    who_decides(request, case)
    return _page(request, visit, case)


def _page(
    request: HttpRequest,
    visit: Visit,
    case: Case,
    *,
    problem: str = "",
    lines: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    step = visit_step(case)
    if visit.state != Visit.State.PLANNED or step is None:
        return redirect("services_desk:case", case.reference)
    application = application_of(case=case)
    contact = contact_of(papers_of(application, at=clock.now())) if application is not None else {}
    web.note_look(request, case=case, what="application")
    post = request.POST
    rows = [
        {
            "item": item,
            "verdict": post.get(f"verdict-{item.slug}", ""),
            "note": post.get(f"note-{item.slug}", ""),
            "wrong": VISIT_LINES.get((lines or {}).get(item.slug, ""), ""),
        }
        for item in step.checklist
    ]
    context = {
        "visit": visit,
        "case": case,
        "contact": contact,
        "rows": rows,
        "words": post.get("words", ""),
        "token": post.get("token") or str(uuid.uuid4()),
        "problem": problem,
        "worker": reverse("services_desk:visit_worker"),
        "scope": reverse("services_desk:visits"),
    }
    return render(request, "services/desk/visit.html", context, status=status)


@never_cache
@require_http_methods(["POST"])
def send(request: HttpRequest, visit_id: int) -> HttpResponseBase:
    """Take in what was found: from the page, or later from the device that kept it (``Accept: application/json``)."""
    visit, case = _visit(request, visit_id)
    who = who_decides(request, case)
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        found = _found(request)
        record_visit(visit_id=visit.pk, found=found, photos=_photos(request), **who)
    except (VisitRefused, UploadRefused, NotAllowed) as refused:
        lines = refused.lines if isinstance(refused, VisitRefused) else {}
        code = refused.code if isinstance(refused, VisitRefused) else ""
        words = str(VISIT_PROBLEMS[code]) if code else str(getattr(refused, "needed", refused))
        if wants_json:
            said = {slug: str(VISIT_LINES[code]) for slug, code in lines.items()}
            return JsonResponse({"problem": words, "lines": said}, status=422)
        if code in ("ended", "not_now"):
            messages.error(request, words)
            return redirect("services_desk:case", case.reference)
        return _page(request, visit, case, problem=words, lines=lines, status=422)
    address = reverse("services_desk:case", args=[case.reference])
    if wants_json:
        return JsonResponse({"kept": True, "address": address})
    messages.success(request, _("The visit is written down."))
    return redirect(address)


def _found(request: HttpRequest) -> Found:
    """Return what was sent.

    :raises VisitRefused: ``incomplete`` without the number that the page carried.
    """
    post = request.POST
    try:
        token = uuid.UUID(post.get("token", ""))
    except ValueError as error:
        raise VisitRefused("incomplete") from error
    lat, lon = _degrees(post.get("lat", ""), 90), _degrees(post.get("lon", ""), 180)
    return Found(
        token=token,
        verdicts={
            name.removeprefix("verdict-"): str(value)
            for name, value in post.items()
            if name.startswith("verdict-") and value in VERDICTS
        },
        notes={name.removeprefix("note-"): str(value) for name, value in post.items() if name.startswith("note-")},
        words=post.get("words", ""),
        found_at=_moment(post.get("found_at", "")),
        lat=lat if lon is not None else None,
        lon=lon if lat is not None else None,
    )


def _photos(request: HttpRequest) -> dict[str, list[UploadedFile[bytes]]]:
    return {
        name.removeprefix("photo-"): [
            upload for upload in request.FILES.getlist(name) if isinstance(upload, UploadedFile)
        ]
        for name in request.FILES
        if name.startswith("photo-")
    }


def _degrees(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -most <= value <= most else None


def _moment(text: str) -> datetime | None:
    """Return what a device says of the moment; one that cannot be is nobody's fault and counts for nothing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and abs(clock.now() - moment) < timedelta(days=30) else None


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that shows kept visits without a line; it may reach only the pages of visits."""
    web.require_desk(request)
    path = finders.find(WORKER)
    if not isinstance(path, str):
        raise Http404
    response = HttpResponse(Path(path).read_text("utf-8"), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("services_desk:visits")
    response["Cache-Control"] = "no-cache"
    return response
