"""Complete what was returned: what the officer wrote, what is wrong, step by step; then send it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case
from balai.engines.cases.queries.timeline import timeline
from balai.foundation.calendar import clock
from balai.modules.services.actions.apply import DraftMovedOn, NotComplete, keep_words, send_correction
from balai.modules.services.queries.applications import Papers, corrected_of, papers_of
from balai.modules.services.views._draft import asked_steps, revision_of, step_named, step_view, take_step
from balai.modules.services.views._returned import document_rows, return_of
from balai.modules.services.views.apply import cosign_door, gaps, read_papers
from balai.modules.services.views.own import ask_for_code, mine


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, reference: str, step: str = "") -> HttpResponse:
    """Let the applicant complete what was returned, step by step; without a step: look through it and send."""
    found = mine(request, reference)
    if found is None:
        return ask_for_code(reference)
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
        # whoever mends an answer on another page finds the words again
        keep_words(application_id=application.pk, words=request.POST.get("text", "").strip())
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
    kind = kind_at(case.kind, case.kind_version)

    def address(slug: str) -> str:
        return reverse("services:correct_step", args=[case.reference, slug])

    return render(
        request,
        "services/correct.html",
        {
            "case": case,
            "returned": return_of(case=case, kind=kind, items=timeline(case=case, reader="reporter")),
            "has_correction": bool(papers.application.correction),
            "record": papers.application.version.service.record,
            "revision": papers.application.revision,
            "documents": document_rows(papers, address=address),
            "steps": [(each, address(each.slug)) for each in asked_steps(papers)],
            # before anything was touched there is nothing to reproach
            "gaps": gaps(papers, address) if status != 200 or papers.application.correction else [],
            "typed": typed or papers.application.correction_words,
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
