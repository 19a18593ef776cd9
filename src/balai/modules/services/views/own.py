"""The applicant's own page: how far it is, what is asked, what came out, who looked."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from balai.engines.cases import web
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import OwnChangeForm
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.queries.own import own_case
from balai.engines.cases.queries.timeline import clocks_of, timeline
from balai.engines.cases.rules.evolution import reopen_until
from balai.engines.cases.rules.kinds import CaseKind
from balai.engines.cases.web.own import make_own_change, own_offers
from balai.engines.cases.web.photos import Photos
from balai.engines.cases.web.receipts import read_receipt
from balai.engines.cases.words import label_of, mark_of, state_sentence
from balai.foundation.calendar import clock
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.documents.queries import documents_of
from balai.foundation.files.queries import attachments_of
from balai.foundation.identity import conversations
from balai.foundation.identity.models import AccessRecord
from balai.foundation.identity.queries import access_records
from balai.foundation.limits.actions import check_limit
from balai.foundation.messages.queries import is_told
from balai.foundation.outbound.queries import hand_overs_of
from balai.foundation.outbound.words import HAND_OVER_STATES
from balai.foundation.payments.queries import bills_of, check_of
from balai.foundation.units.models import Unit
from balai.modules.services.actions.outcome import ask_payment
from balai.modules.services.actions.visits import VisitRefused, decline_visit
from balai.modules.services.models import Application, DelayRisk, SurveyInvitation
from balai.modules.services.queries.applications import OWNER, Papers, application_of, papers_of
from balai.modules.services.queries.cosign import cosigned
from balai.modules.services.queries.visits import planned_visit, visits_of
from balai.modules.services.views._lookup import lookup_address
from balai.modules.services.views._returned import DocumentRow, document_rows, return_of, with_correction
from balai.modules.services.views.apply import read_papers
from balai.modules.services.words import (
    VISIT_PROBLEMS,
    change_refused_words,
    look_words,
    moved_on_words,
    own_sentence,
    own_state,
)

OFFERED = ("add", "object", "withdraw")
FAMILY = "application"
DECLINED_A_DAY = 6


def mine(request: HttpRequest, reference: str) -> tuple[Case, Application] | None:
    """Return an application and its matter if this browser has opened it with number and code."""
    case = own_case(reference=reference, marks=conversations.marks(request), family=FAMILY)
    application = application_of(case=case) if case is not None else None
    return None if case is None or application is None else (case, application)


def ask_for_code(reference: str) -> HttpResponse:
    """Send a browser that has not opened an application to where its number and code are asked for."""
    return redirect(lookup_address(reference) or "services:list")


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
            "lookup_url": lookup_address(case.reference),
            "has_email": is_told(subject_kind="case", subject_id=case.pk),
        },
    )


@login_not_required
@never_cache
@require_GET
def own(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an application to whoever opened it with number and code."""
    found = mine(request, reference)
    if found is None:
        return ask_for_code(reference)
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
    papers = papers_of(application, at=at)
    documents = _documents(case, papers, at)
    clocks = clocks_of(case=case)
    offers = own_offers(case=case, kind=kind, offered=OFFERED, address="services:own_change", at=at, bound=bound)
    bill = next(iter(bills_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, [])), None)
    objects = _objects_until(case, kind) if any(offer["name"] == "object" for offer in offers) else None
    returned = return_of(case=case, kind=kind, items=items)
    return render(
        request,
        "services/own.html",
        {
            "case": case,
            "application": application,
            "record": application.version.service.record,
            "state_label": own_state(case) or label_of(kind.state(case.state)),
            "mark": mark_of(case, at),
            "sentence": own_sentence(case, objects=objects)
            or state_sentence(case=case, kind=kind, at=at, unit_name=case.unit.name, clocks=clocks),
            "objects": objects,
            "steps": web.progress_steps(case=case, kind=kind, items=items),
            "clocks": _clocks(case, kind, clocks, at),
            "timeline": [view for view in views if not view["undone"]],
            "returned": returned,
            "has_correction": bool(application.correction),
            "documents": documents,
            # refused, and the officer has not returned the application yet
            "is_refused": case.is_open and not returned and any(row.state == "refused" for row in documents),
            "offers": offers,
            "kept": photos.kept if photos else [],
            "bill": bill,
            # whoever has paid is not asked again while the payment is looked for
            "bill_check": check_of(bill=bill) if bill is not None else "",
            "results": documents_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, []),
            "hand_overs": [
                (row, *HAND_OVER_STATES[row.state]) for row in hand_overs_of(owner_kind=OWNER, owner_id=application.pk)
            ],
            "planned": planned_visit(case),
            "visits": [visit for visit in visits_of(case) if visit.state == "done"],
            "makes_document": bool(application.version.document_template),
            "survey": SurveyInvitation.objects.filter(case=case, answered=False).exists(),
            "delay": DelayRisk.objects.filter(case=case).first(),
            "looks": web.looks_by_day(_looks(case), words=look_words),
            "cosigned": cosigned(application),
            **read_papers(papers),
        },
        status=status,
    )


def _documents(case: Case, papers: Papers, at: datetime) -> list[DocumentRow]:
    """Return the documents; while the application is returned, with the way to send those anew that do not do."""
    if case.state != "returned":
        return document_rows(papers)
    corrected = with_correction(papers, at=at)
    return document_rows(corrected, address=lambda slug: reverse("services:correct_step", args=[case.reference, slug]))


def _looks(case: Case) -> list[AccessRecord]:
    """Return who looked, at the application or at a part of it at another agency."""
    ids = [case.pk, *Case.objects.filter(parent=case).values_list("pk", flat=True)]
    return [row for pk in ids for row in access_records(subject_kind="case", subject_id=pk)]


def _clocks(case: Case, kind: CaseKind, clocks: list[Clock], at: datetime) -> list[web.ClockView]:
    views = web.clock_views(case=case, kind=kind, clocks=clocks, at=at, staff=False)
    return [replace(view, text=_("Paused until you act")) if view.clock_class == "paused" else view for view in views]


def _objects_until(case: Case, kind: CaseKind) -> datetime | None:
    """Return until when an answer can be objected to; None where none has been given yet."""
    if case.closed_at is None:
        return None
    calendar = work_calendar(schedule_id=case.unit.schedule_id)
    return reopen_until(kind=kind, closed_at=case.closed_at, calendar=calendar)


@login_not_required
@never_cache
@require_POST
def own_change(request: HttpRequest, reference: str, change: str) -> HttpResponse:
    """Add something, object, withdraw. What was typed is never lost."""
    found = mine(request, reference)
    if found is None:
        return ask_for_code(reference)
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
    fresh = mine(request, reference) or found
    return _page(request, *fresh, bound=outcome.form, photos=outcome.photos, status=outcome.status)


@login_not_required
@never_cache
@require_POST
def new_bill(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for another bill after the first one's term has passed."""
    found = mine(request, reference)
    if found is None:
        return ask_for_code(reference)
    bill = ask_payment(case=found[0], at=clock.now())
    return redirect("payments:bill", bill.number) if bill is not None else redirect("services:own", reference)


@login_not_required
@never_cache
@require_POST
def cannot_then(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that nobody is there at the time of a visit; whoever comes is told."""
    found = mine(request, reference)
    if found is None:
        return ask_for_code(reference)
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
    found = mine(request, reference)
    response = redirect("services:list")
    if found is not None:
        conversations.forget(response, found[0].pk, request=request)
    return response
