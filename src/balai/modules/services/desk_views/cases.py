"""Inbox and application pages; what they show comes from the engine, beside it the papers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.engines.cases import web
from balai.engines.cases.actions.change import NotAllowed
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import ChangeForm
from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.documents.queries import documents_of
from balai.foundation.documents.words import ISSUE_STATES
from balai.foundation.events.rules import Actor
from balai.foundation.forms.words import label_of
from balai.foundation.outbound.queries import hand_overs_of
from balai.foundation.outbound.words import HAND_OVER_STATES
from balai.foundation.payments.queries import bills_of
from balai.foundation.payments.words import STATES as BILL_STATES
from balai.modules.services.actions.judge import JudgementRefused, judge_document
from balai.modules.services.actions.outcome import give_compensation, make_result
from balai.modules.services.desk_views.desk import DESK
from balai.modules.services.desk_views.visits import PlanForm, visit_context
from balai.modules.services.guards import knows_person
from balai.modules.services.models import ApplicationDocument, DelayRisk, SurveyInvitation
from balai.modules.services.queries.applications import OWNER, application_of, papers_of
from balai.modules.services.queries.cosign import cosigned
from balai.modules.services.queries.steps import refused_documents, step_of
from balai.modules.services.views.apply import read_papers


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what is mine, what is late, what is next."""
    return render(request, "services/desk/inbox.html", web.inbox_context(request, desk=DESK))


@require_POST
def filters(request: HttpRequest) -> HttpResponse:
    """Keep or remove a tab."""
    return web.filters(request, desk=DESK)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Take the selected applications."""
    return web.bulk_take(request, desk=DESK)


def page_context(
    request: HttpRequest, case: Case, *, bound: ChangeForm | None = None, plan_form: PlanForm | None = None
) -> dict[str, Any]:
    """Return everything that the page of an application shows; ``bound`` and ``plan_form`` came back with errors."""
    refused = refused_documents(case)
    # while a refused document has not come anew, nothing is more likely than to ask for another one
    context = web.case_context(request, desk=DESK, case=case, bound=bound, first="return" if refused else "")
    # a check at another agency shows the papers of the application that it belongs to
    application = application_of(case=case) or (application_of(case=case.parent) if case.parent is not None else None)
    if application is None:
        return context
    web.note_look(request, case=case, what="application")
    # whose check has ended needs the papers no more: files answer to nobody there, and long numbers are hidden; so they
    # are to whoever looks on without working on it
    is_over = application.case_id != case.pk and not case.is_open
    may_know = knows_person(request, case)
    may_judge = (
        case.is_open
        and application.case_id == case.pk
        and request.authority.may(  # type: ignore[attr-defined]
            "cases.handle", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
        )
    )
    documents = list(application.documents.order_by("id"))
    bill = next(iter(bills_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, [])), None)
    parts = Case.objects.filter(parent=case).select_related("unit").order_by("id")
    return {
        **context,
        "papers_template": "services/desk/_papers.html",
        **({"title": label_of(application.version.service.record, "name")} if application.case_id == case.pk else {}),
        # name and contact stand in the papers: a second door beside an open one guards nothing
        "may_see_contact": False,
        "application": application,
        "documents": documents,
        "to_return": ", ".join(label_of(document) for document in refused) if context["offers"].has("return") else "",
        "parts": [_part_line(part) for part in parts],
        "unjudged": _unjudged(case, documents) if may_judge else "",
        "bill": bill,
        "bill_state": BILL_STATES[bill.state] if bill else None,
        "results": [
            (document, *ISSUE_STATES[document.state])
            for document in documents_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, [])
        ],
        # what was revoked is made anew by whoever decides
        "may_remake": case.state_class == "done"
        and application.case_id == case.pk
        and web.deciding_grant(request, permission="services.decide", case=case) is not None,
        "hand_overs": [
            (row, *HAND_OVER_STATES[row.state]) for row in hand_overs_of(owner_kind=OWNER, owner_id=application.pk)
        ],
        "may_survey": not case.is_open
        and request.authority.may("services.enter")  # type: ignore[attr-defined]
        and SurveyInvitation.objects.filter(case=case, answered=False).exists(),
        "delay": DelayRisk.objects.select_related("given_by").filter(case=application.case).first(),
        "may_compensate": application.case_id == case.pk
        and web.deciding_grant(request, permission="cases.handle", case=case) is not None,
        "may_judge": may_judge,
        "cosigned": cosigned(application),
        **(visit_context(request, case, form=plan_form) if application.case_id == case.pk else {}),
        "is_over": is_over,
        **_marked(
            read_papers(papers_of(application, at=clock.now()), for_others=is_over or not may_know),
            application.corrected,
        ),
    }


def _marked(papers: dict[str, Any], corrected: list[str]) -> dict[str, Any]:
    """Mark what was answered otherwise in the last correction: nobody reads everything again to find it."""
    for step in papers["paper_steps"]:
        for row in step["rows"]:
            row["is_corrected"] = row["slug"] in corrected
    return papers


def _part_line(part: Case) -> tuple[Case, str, str]:
    """Return a check at another agency with what it is, and what came out; empty while it runs."""
    kind = kind_at(part.kind, part.kind_version)
    return part, web.label_of(kind), "" if part.is_open else web.label_of(kind.state(part.state))


def _unjudged(case: Case, documents: list[ApplicationDocument]) -> str:
    """Return the names of documents of which nobody has said whether they do, where the application is decided on."""
    step = step_of(case) if case.is_open else None
    if step is None or step.kind not in ("decide", "issue"):
        return ""
    return ", ".join(label_of(row) for row in documents if row.state == ApplicationDocument.State.GIVEN)


@require_GET
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """One application, everything on one screen; or the one form of it that htmx asks for."""
    found = web.access_case(request, desk=DESK, reference=reference)
    part = web.offer_part(request, desk=DESK, case=found)
    return part or render(request, "services/desk/case.html", page_context(request, found))


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, reference: str, change: str) -> HttpResponse:
    """Make one change; whoever loads the address anew after one that came back sees the application as it is."""
    if request.method == "GET":
        return redirect(DESK.case, reference)
    found = web.access_case(request, desk=DESK, reference=reference)
    done, form = web.make_change(request, desk=DESK, case=found, change_name=change)
    if done is not None:
        return done
    # the newest state beside the words that were typed
    fresh = web.access_case(request, desk=DESK, reference=reference)
    if form is not None:
        typed = request.POST.copy()
        typed["seq"] = str(fresh.seq)
        form.data = typed
    return render(request, "services/desk/case.html", page_context(request, fresh, bound=form), status=409)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, reference: str, seq: int) -> HttpResponse:
    """Take back one's last step."""
    return web.undo(request, desk=DESK, case=web.access_case(request, desk=DESK, reference=reference), seq=seq)


@require_POST
def contact(request: HttpRequest, reference: str) -> HttpResponse:
    """Show name and contact once, with a recorded reason."""
    found = web.access_case(request, desk=DESK, reference=reference)
    reason = request.POST.get("reason", "").strip()
    return web.contact(request, desk=DESK, case=found, reason=reason) if reason else redirect(DESK.case, reference)


@require_POST
def compensate(request: HttpRequest, reference: str) -> HttpResponse:
    """Note that the applicant got what the charter gives for a broken promise."""
    found = web.access_case(request, desk=DESK, reference=reference)
    grant = web.deciding_grant(request, permission="cases.handle", case=found)
    if grant is None:
        raise PermissionDenied
    try:
        give_compensation(case=found, actor=Actor("staff", request.user.pk, grant.post_id), at=clock.now())
    except LookupError as error:
        raise Http404 from error
    messages.success(request, _("Noted: the compensation was given."))
    return redirect(DESK.case, reference)


@require_POST
def remake(request: HttpRequest, reference: str) -> HttpResponse:
    """Have the result made anew, under a new number, after the one there was has been revoked."""
    found = web.access_case(request, desk=DESK, reference=reference)
    grant = web.deciding_grant(request, permission="services.decide", case=found)
    if grant is None:
        raise PermissionDenied
    if found.state_class != "done":
        raise Http404
    actor = Actor("staff", request.user.pk, grant.post_id)
    made = make_result(case=found, again=True, actor=actor, at=clock.now())
    if made is None:
        raise Http404
    messages.success(request, _("The result is being made: %(number)s.") % {"number": made.number})
    return redirect(DESK.case, reference)


@require_POST
def judge(request: HttpRequest, reference: str, document: int) -> HttpResponse:
    """Accept one document, or refuse it with a reason."""
    found = web.access_case(request, desk=DESK, reference=reference)
    row = get_object_or_404(ApplicationDocument, pk=document, application__case=found)
    grant = web.deciding_grant(request, permission="cases.handle", case=found)
    try:
        judge_document(
            document_id=row.pk,
            accept=request.POST.get("verdict") == "accept",
            reason=request.POST.get("reason", ""),
            seen=[each for each in request.POST["seen"].split(",") if each] if "seen" in request.POST else None,
            actor=Actor("staff", request.user.pk, grant.post_id if grant else None),
            authority=request.authority,  # type: ignore[attr-defined]
            at=clock.now(),
        )
    except NotAllowed as error:
        raise PermissionDenied from error
    except JudgementRefused as error:
        messages.error(
            request,
            {
                "ended": _("This application has ended; its documents stay as they are."),
                "no_reason": _("Write why the document is refused: the applicant reads it."),
                "not_given": _("There is no document to accept yet."),
                "changed": _("The applicant has sent another file meanwhile. Look at it first, then decide."),
            }[error.code],
        )
    return redirect("services_desk:case", reference)
