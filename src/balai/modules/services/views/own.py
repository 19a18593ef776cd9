"""The applicant's own page: how far it is, what is asked, what came out, who looked."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.engines.cases import web
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import OwnChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.own import own_case
from balai.engines.cases.queries.timeline import clocks_of, timeline
from balai.engines.cases.rules.kinds import CaseKind
from balai.engines.cases.web.own import make_own_change, own_offers
from balai.engines.cases.web.photos import Photos
from balai.engines.cases.web.receipts import read_receipt
from balai.engines.cases.words import label_of, mark_of, state_sentence
from balai.foundation.calendar import clock
from balai.foundation.documents.queries import documents_of
from balai.foundation.files.queries import attachments_of
from balai.foundation.identity import conversations
from balai.foundation.identity.models import AccessRecord
from balai.foundation.identity.queries import access_records
from balai.foundation.limits.actions import check_limit
from balai.foundation.messages.queries import is_told
from balai.foundation.outbound.queries import hand_overs_of
from balai.foundation.outbound.words import HAND_OVER_STATES
from balai.foundation.payments.queries import bills_of
from balai.foundation.registry.discover import contributions
from balai.foundation.units.models import Unit
from balai.foundation.web.contributions import LookupBox
from balai.modules.services.actions.apply import DraftMovedOn, NotComplete, send_correction
from balai.modules.services.actions.outcome import ask_payment
from balai.modules.services.actions.visits import VisitRefused, decline_visit
from balai.modules.services.models import Application, DelayRisk, SurveyInvitation
from balai.modules.services.queries.applications import OWNER, Papers, application_of, corrected_of, papers_of
from balai.modules.services.queries.cosign import cosigned
from balai.modules.services.queries.visits import planned_visit, visits_of
from balai.modules.services.views._draft import (
    asked_steps,
    revision_of,
    step_named,
    step_view,
    take_step,
)
from balai.modules.services.views.apply import cosign_door, gaps, read_papers
from balai.modules.services.words import VISIT_PROBLEMS, change_refused_words, look_words, moved_on_words, own_sentence

OFFERED = ("add", "object", "withdraw")
FAMILY = "application"
DECLINED_A_DAY = 6


def _mine(request: HttpRequest, reference: str) -> tuple[Case, Application] | None:
    case = own_case(reference=reference, marks=conversations.marks(request), family=FAMILY)
    application = application_of(case=case) if case is not None else None
    return None if case is None or application is None else (case, application)


def own_application(request: HttpRequest, reference: str) -> Application | None:
    """Return an application that this browser has opened with number and code."""
    found = _mine(request, reference)
    return found[1] if found is not None else None


def _ask_for_code(reference: str) -> HttpResponse:
    # whichever room asks for numbers and codes on the home page
    box = next(iter(sorted(contributions(LookupBox), key=lambda each: each.order)), None)
    if box is None:
        return redirect("services:list")
    return redirect(f"{reverse(box.view)}?{box.parameter}={reference}&code=")


@login_not_required
@never_cache
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Show number, code and promise to the browser that has just sent an application."""
    receipt = read_receipt(request)
    case = (
        Case.objects.select_related("unit", "reporter").filter(reference=receipt.reference, family=FAMILY).first()
        if receipt
        else None
    )
    if receipt is None or case is None:
        return redirect("services:list")
    kind = kind_at(case.kind, case.kind_version)
    return render(
        request,
        "services/sent.html",
        {
            "case": case,
            "code": receipt.code,
            "clocks": web.clock_views(case=case, kind=kind, clocks=clocks_of(case=case), at=clock.now(), staff=False),
            "has_email": is_told(subject_kind="case", subject_id=case.pk),
        },
    )


@login_not_required
@never_cache
@require_GET
def own(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an application to whoever opened it with number and code."""
    found = _mine(request, reference)
    if found is None:
        return _ask_for_code(reference)
    return _page(request, *found)


def _page(
    request: HttpRequest,
    case: Case,
    application: Application,
    *,
    bound: OwnChangeForm | None = None,
    photos: Photos | None = None,
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    kind = kind_at(case.kind, case.kind_version)
    items = timeline(case=case, reader="reporter")
    names = dict(Unit.objects.values_list("pk", "name"))
    entries = attachments_of(owner_kind="case_entry", owner_ids=[case.pk]).get(case.pk, [])
    views = web.timeline_views(items=items, kind=kind, photos=entries, unit_names=names, public=False)
    for view, item in zip(views, items, strict=True):
        if item.event.actor_kind == "resident":
            view["who"] = _("You")
    asked = next((item.words for item in items if item.event.data.get("change") == "return"), "")
    papers = papers_of(application, at=at)
    return render(
        request,
        "services/own.html",
        {
            "case": case,
            "application": application,
            "record": application.version.service.record,
            "state_label": _("Waiting for you")
            if case.state_class == "waiting_reporter"
            else label_of(kind.state(case.state)),
            "mark": mark_of(case, at),
            "sentence": own_sentence(case) or state_sentence(case=case, kind=kind, at=at, unit_name=case.unit.name),
            "steps": web.progress_steps(case=case, kind=kind, items=items),
            "clocks": _clocks(case, kind, at),
            "timeline": [view for view in views if not view["undone"]],
            "asked": asked if case.state == "returned" else "",
            "documents": list(application.documents.order_by("id")),
            "offers": own_offers(
                case=case, kind=kind, offered=OFFERED, address="services:own_change", at=at, bound=bound
            ),
            "kept": photos.kept if photos else [],
            "bill": next(iter(bills_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, [])), None),
            "results": documents_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, []),
            "hand_overs": [
                (row, *HAND_OVER_STATES[row.state]) for row in hand_overs_of(owner_kind=OWNER, owner_id=application.pk)
            ],
            "planned": planned_visit(case),
            "visits": [visit for visit in visits_of(case) if visit.state == "done"],
            "makes_document": bool(application.version.document_template),
            "survey": SurveyInvitation.objects.filter(case=case, answered=False).exists(),
            "delay": DelayRisk.objects.filter(case=case).first(),
            "looks": [
                {"at": row.at, "who": row.post_title or _("Operator"), "what": look_words(row.what), "why": row.reason}
                for row in _looks(case)
            ],
            "cosigned": cosigned(application),
            **read_papers(papers),
        },
        status=status,
    )


def _looks(case: Case) -> list[AccessRecord]:
    """Return who looked, at the application or at a part of it at another agency, newest first."""
    ids = [case.pk, *Case.objects.filter(parent=case).values_list("pk", flat=True)]
    rows = [row for pk in ids for row in access_records(subject_kind="case", subject_id=pk)]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _clocks(case: Case, kind: CaseKind, at: datetime) -> list[web.ClockView]:
    views = web.clock_views(case=case, kind=kind, clocks=clocks_of(case=case), at=at, staff=False)
    return [replace(view, text=_("Paused until you act")) if view.clock_class == "paused" else view for view in views]


@login_not_required
@never_cache
@require_POST
def own_change(request: HttpRequest, reference: str, change: str) -> HttpResponse:
    """Add something, object, withdraw. What was typed is never lost."""
    found = _mine(request, reference)
    if found is None:
        return _ask_for_code(reference)
    case, _application = found
    outcome = make_own_change(
        request,
        case=case,
        name=change if change in OFFERED else "",
        refused_words=change_refused_words,
        moved_on_words=moved_on_words,
        at=clock.now(),
    )
    if outcome.changed is not None:
        messages.success(request, _("Done. The agency can read it now."))
        return redirect("services:own", case.reference)
    fresh = _mine(request, reference) or found
    return _page(request, *fresh, bound=outcome.form, photos=outcome.photos, status=outcome.status)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, reference: str, step: str = "") -> HttpResponse:
    """Let the applicant complete what was returned, step by step; without a step: look through it and send."""
    found = _mine(request, reference)
    if found is None:
        return _ask_for_code(reference)
    case, application = found
    if case.state != "returned":
        return redirect("services:own", reference)
    at = clock.now()
    papers = papers_of(application, at=at, answers=corrected_of(application))
    if step:
        return _correct_step(request, case, papers, step, at)
    if request.method == "GET":
        return _correct_page(request, case, papers)
    try:
        send_correction(
            application_id=application.pk,
            expected_revision=revision_of(request),
            text=request.POST.get("text", "").strip()[:5000],
            at=at,
        )
    except NotComplete as error:
        shown = replace(papers, evaluation=replace(papers.evaluation, errors=error.errors))
        return _correct_page(request, case, shown, typed=request.POST.get("text", ""), status=422)
    except DraftMovedOn:
        messages.error(
            request, _("This form was changed in another tab. Look through the answers once more, then send.")
        )
        return redirect("services:correct", reference)
    messages.success(request, _("Sent. The promise runs again."))
    return redirect("services:own", reference)


def _correct_page(
    request: HttpRequest, case: Case, papers: Papers, *, typed: str = "", status: int = 200
) -> HttpResponse:
    return render(
        request,
        "services/correct.html",
        {
            "case": case,
            "record": papers.application.version.service.record,
            "revision": papers.application.revision,
            "documents": list(papers.application.documents.order_by("id")),
            "steps": [
                (each, reverse("services:correct_step", args=[case.reference, each.slug]))
                for each in asked_steps(papers)
            ],
            # before anything was touched there is nothing to reproach
            "gaps": gaps(papers, lambda slug: reverse("services:correct_step", args=[case.reference, slug]))
            if status != 200 or papers.application.correction
            else [],
            "typed": typed,
            **cosign_door(papers, reverse("services:cosign_correction", args=[case.reference])),
            **read_papers(papers),
        },
        status=status,
    )


def _correct_step(request: HttpRequest, case: Case, papers: Papers, slug: str, at: datetime) -> HttpResponse:
    wanted = step_named(papers, slug)
    if wanted is None:
        return redirect("services:correct", case.reference)
    if request.method == "GET":
        return _step_page(request, case, papers, step_view(request, papers, wanted, errors=False), wanted)
    done = take_step(request, papers=papers, step=wanted, at=at)
    if done.view is not None:
        return _step_page(request, case, done.papers, done.view, wanted, status=done.status)
    return redirect("services:correct", case.reference)


def _step_page(
    request: HttpRequest, case: Case, papers: Papers, view: Any, step: Any, *, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "services/step.html",
        {
            "view": view,
            "keeps": True,
            "revision": papers.application.revision,
            "record": papers.application.version.service.record,
            "back": reverse("services:correct", args=[case.reference]),
            "action": reverse("services:correct_step", args=[case.reference, step.slug]),
            "later": False,
        },
        status=status,
    )


@login_not_required
@never_cache
@require_POST
def new_bill(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for another bill after the first one's term has passed."""
    found = _mine(request, reference)
    if found is None:
        return _ask_for_code(reference)
    bill = ask_payment(case=found[0], at=clock.now())
    return redirect("payments:bill", bill.number) if bill is not None else redirect("services:own", reference)


@login_not_required
@never_cache
@require_POST
def cannot_then(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that nobody is there at the time of a visit; whoever comes is told."""
    found = _mine(request, reference)
    if found is None:
        return _ask_for_code(reference)
    check_limit(key=f"visit:{found[0].pk}", limit=DECLINED_A_DAY, per=timedelta(days=1), at=clock.now())
    try:
        decline_visit(case=found[0], words=request.POST.get("words", ""), at=clock.now())
    except VisitRefused as refused:
        messages.error(request, str(VISIT_PROBLEMS[refused.code]))
    else:
        messages.success(request, _("The officer has been told and will make another appointment."))
    return redirect("services:own", reference)


@login_not_required
@never_cache
@require_POST
def forget(request: HttpRequest, reference: str) -> HttpResponse:
    """Forget on this device that it opened the application; for telephones that are shared."""
    found = _mine(request, reference)
    response = redirect("services:list")
    if found is not None:
        conversations.forget(response, found[0].pk, request=request)
    return response
