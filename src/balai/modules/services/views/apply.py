"""Apply: what it takes, step by step, check, send. Every page works without script and is saved with every step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from balai.engines.cases.actions import Opened
from balai.engines.cases.actions.codes import renew_code
from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_mark, opened_cases
from balai.engines.cases.web.receipts import Receipt, hand_receipt, read_receipt
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.forms.web import answer_rows, computed_rows
from balai.foundation.forms.words import label_of, wrong_words
from balai.foundation.identity import conversations
from balai.foundation.identity.models import Resident
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.messages.queries import is_told
from balai.foundation.places.queries import villages
from balai.foundation.units.models import Unit
from balai.modules.services.actions.apply import (
    DraftMovedOn,
    NotComplete,
    begin_application,
    fee_of,
    save_answers,
    submit_application,
)
from balai.modules.services.models import Application, Service
from balai.modules.services.queries.applications import Papers, draft_of, open_service, papers_of, sent_of
from balai.modules.services.queries.cosign import cosign_lines
from balai.modules.services.queries.life import bundle_of
from balai.modules.services.rules.workflow import workflow_from_json
from balai.modules.services.standard_words import fee_words, time_words
from balai.modules.services.views._draft import (
    asked_steps,
    kept_files,
    revision_of,
    step_named,
    step_view,
    take_step,
)
from balai.modules.services.words import unsigned_words

# in the address of a step: it is changed from the check, and leads back there
FROM_CHECK = "check"
HOUR = timedelta(hours=1)
# so long the code of a draft stands for whoever sent it
LATELY = timedelta(minutes=10)
BEGUN_AN_HOUR = 60
TRIES_AN_HOUR = 30


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Say before anything is asked what is needed, how long it takes, how much, and who will see it; then begin."""
    service = open_service(slug=slug)
    if service is None or service.live is None:
        raise Http404
    at = clock.now()
    if request.method == "POST":
        check_limit(key=f"apply:{caller_of(request)}", limit=BEGUN_AN_HOUR, per=HOUR, at=at)
        begun = begin_application(service=service, locale=get_language() or "id", at=at)
        prefill(request, begun.application, at)
        return redirect("services:draft", begun.code)
    content = service.live.record_version.content
    workflow = workflow_from_json(service.live.workflow)
    others = {step.unit for step in workflow.steps if step.unit}
    others |= {check.unit for step in workflow.steps for check in step.checks}
    return render(
        request,
        "services/start.html",
        {
            "service": service,
            "record": service.record,
            "requirements": content.get("requirements", []),
            "time": time_words(content.get("time")),
            "fee": fee_words(content.get("fee")),
            "product": content.get("product", ""),
            "steps": papers_steps(service),
            "units": _unit_names(service, others),
            "known": known_initials(request),
        },
    )


def papers_steps(service: Service) -> list[dict[str, Any]]:
    """Return the steps of working it off, as an applicant reads them."""
    if service.live is None:
        return []
    return [{"label": label_of(step)} for step in workflow_from_json(service.live.workflow).steps]


def _unit_names(service: Service, slugs: set[str]) -> list[str]:
    others = Unit.objects.filter(slug__in=slugs).exclude(pk=service.unit_id).order_by("name")
    return [service.unit.name, *others.values_list("name", flat=True)]


def _last_person(request: HttpRequest) -> Resident | None:
    """Return who brought the last matter that this browser has opened."""
    marks = conversations.marks(request)
    last = opened_cases(marks=marks).select_related("reporter").order_by("-id").first() if marks else None
    return last.reporter if last is not None else None


def known_initials(request: HttpRequest) -> str:
    """Return the initials of the person whose particulars could be filled in; empty where nobody is known.

    A telephone may be shared: whoever begins says that it is them before a name or a NIK appears.
    """
    person = _last_person(request)
    return " ".join(f"{word[0]}…" for word in person.name.split()[:3]) if person is not None else ""


def prefill(request: HttpRequest, application: Application, at: datetime) -> None:
    """Fill in what this browser's last matter knows of the person, where they asked for it: nobody types it twice."""
    person = _last_person(request) if request.POST.get("known") else None
    if person is None:
        return
    papers = papers_of(application, at=at)
    known = {name: str(getattr(person, name)) for name in ("name", "email", "phone", "nik")}
    answers = {field.slug: known[field.prefill] for field in papers.form.schema.fields() if known.get(field.prefill)}
    if answers:
        save_answers(application_id=application.pk, answers=answers, expected_revision=0, at=at)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """Open a draft by its code on another device."""
    at = clock.now()
    wrong = False
    if request.method == "POST":
        check_limit(key=f"draft-code:{caller_of(request)}", limit=TRIES_AN_HOUR, per=HOUR, at=at)
        code = request.POST.get("code", "")[:40]
        if draft_of(code=code, at=at) is not None:
            return redirect("services:draft", "".join(code.split()).upper().replace("-", ""))
        if bundle_of(code=code) is not None:
            return redirect("services:life_bundle", "".join(code.split()).upper().replace("-", ""))
        wrong = True
    return render(request, "services/resume.html", {"wrong": wrong}, status=422 if wrong else 200)


@login_not_required
@never_cache
@require_GET
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the first step that is not complete."""
    application = draft_of(code=code, at=clock.now())
    if application is None:
        return _gone(request)
    papers = papers_of(application, at=clock.now())
    steps = asked_steps(papers)
    unfinished = next((step for step in steps if papers.evaluation.errors_of(step)), None)
    if unfinished is None and papers.answers:
        return redirect("services:check", code)
    return redirect("services:step", code, (unfinished or steps[0]).slug)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "services/resume.html", {"gone": True}, status=404)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Show one step; what is sent is kept even when something is wrong with it."""
    at = clock.now()
    application = draft_of(code=code, at=at)
    if application is None:
        return _gone(request)
    papers = papers_of(application, at=at)
    wanted = step_named(papers, step)
    if wanted is None:
        return redirect("services:draft", code)
    if request.method == "GET":
        return _step_page(request, code, papers, view=step_view(request, papers, wanted, errors=False), step=wanted)
    done = take_step(request, papers=papers, step=wanted, at=at)
    if done.view is not None:
        return _step_page(request, code, done.papers, view=done.view, step=wanted, status=done.status)
    if done.later:
        return redirect("services:saved", code)
    if FROM_CHECK in request.GET:
        return redirect("services:check", code)
    steps = asked_steps(done.papers)
    here = [each.slug for each in steps].index(wanted.slug)
    return (
        redirect("services:step", code, steps[here + 1].slug) if steps[here + 1 :] else redirect("services:check", code)
    )


def _step_page(
    request: HttpRequest, code: str, papers: Papers, *, view: Any, step: Any, status: int = 200
) -> HttpResponse:
    steps = asked_steps(papers)
    here = [each.slug for each in steps].index(step.slug)
    return render(
        request,
        "services/step.html",
        {
            "view": view,
            "code": code,
            "revision": papers.application.revision,
            "record": papers.application.version.service.record,
            "number": here + 1,
            "total": len(steps) + 1,
            "back": reverse("services:check", args=[code])
            if FROM_CHECK in request.GET
            else reverse("services:step", args=[code, steps[here - 1].slug])
            if here
            else "",
            "action": reverse("services:step", args=[code, step.slug]),
            "then": FROM_CHECK if FROM_CHECK in request.GET else "",
            "later": True,
            # an officer's device keeps nothing of other people
            "keeps": papers.application.entered_by_id is None,
        },
        status=status,
    )


@login_not_required
@never_cache
@require_GET
def saved(request: HttpRequest, code: str) -> HttpResponse:
    """Say how to come back to a draft."""
    application = draft_of(code=code, at=clock.now())
    if application is None:
        return _gone(request)
    return render(
        request,
        "services/saved.html",
        {
            "code": "-".join(code[place : place + 4] for place in range(0, len(code), 4)),
            "raw_code": code,
            "expires_at": application.expires_at,
            "record": application.version.service.record,
        },
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Show all answers once more; then send them."""
    at = clock.now()
    application = draft_of(code=code, at=at)
    if application is None:
        return _after_it_went(request, code, at)
    papers = papers_of(application, at=at)
    if request.method == "GET":
        return _check_page(request, code, papers)
    try:
        opened = submit_application(
            application_id=application.pk,
            expected_revision=revision_of(request),
            at=at,
            **_entered(request, application),
        )
    except NotComplete as error:
        return _check_page(
            request,
            code,
            replace(papers, evaluation=replace(papers.evaluation, errors=error.errors)),
            contact=error.contact or (unsigned_words(error.unsigned) if error.unsigned else ""),
            status=422,
        )
    except DraftMovedOn:
        messages.error(
            request, _("This form was changed in another tab. Look through the answers once more, then send.")
        )
        return redirect("services:check", code)
    return _sent(request, application, opened, at)


def _after_it_went(request: HttpRequest, code: str, at: datetime) -> HttpResponse:
    """Answer a second press: this browser has the receipt, or the answer to the first press got lost."""
    sent = sent_of(code=code)
    receipt = read_receipt(request)
    if sent is None or sent.case is None:
        return _gone(request)
    if receipt is not None and receipt.reference == sent.case.reference:
        return redirect("services:sent")
    if request.method != "POST" or sent.case.received_at < at - LATELY:
        return _gone(request)
    return _sent(request, sent, Opened(case=sent.case, code="", already=True), at)


def _sent(request: HttpRequest, application: Application, opened: Opened, at: datetime) -> HttpResponse:
    """Hand number and code over; after two presses at once the second answer has to bring them, the first is lost."""
    case, code = opened.case, opened.code
    if opened.already and not is_told(subject_kind="case", subject_id=case.pk):
        # no mail brings the code, so it is made anew for whoever holds the draft's
        code = renew_code(case_id=case.pk, at=at)
        case = Case.objects.get(pk=case.pk)
    response = redirect("services:sent")
    # at the counter the code goes with the person, not with the officer's browser
    if application.entered_by_id is None:
        conversations.remember(response, case.pk, mark=code_mark(case), request=request)
    hand_receipt(response, receipt=Receipt(case.reference, code), secure=request.is_secure())
    return response


def _entered(request: HttpRequest, application: Application) -> dict[str, Any]:
    """Return how an application came: from the person, or typed in by the officer who began it."""
    if application.entered_by_id is None or application.entered_by_id != request.user.pk:
        return {}
    return {"channel": "counter", "actor": Actor("staff", request.user.pk)}


def _check_page(
    request: HttpRequest, code: str, papers: Papers, *, contact: str = "", status: int = 200
) -> HttpResponse:
    return render(
        request,
        "services/check.html",
        {
            "code": code,
            "revision": papers.application.revision,
            "record": papers.application.version.service.record,
            "contact": contact,
            **read_papers(papers, address=lambda slug: f"{reverse('services:step', args=[code, slug])}?{FROM_CHECK}=1"),
            "fee": fee_of(papers),
            "promise": time_words(papers.application.version.record_version.content.get("time")),
            "gaps": gaps(papers, lambda slug: reverse("services:step", args=[code, slug])),
            **cosign_door(papers, reverse("services:cosign_draft", args=[code])),
        },
        status=status,
    )


def gaps(papers: Papers, address: Callable[[str], str]) -> list[dict[str, str]]:
    """Return what keeps an application from being sent, with the address of the step where it is mended."""
    found = []
    for each in asked_steps(papers):
        slugs = {field.slug: field for field in each.fields}
        for path, wrong in papers.evaluation.errors.items():
            field = slugs.get(path.split(".")[0])
            if field is not None:
                found.append({"label": label_of(field), "words": wrong_words(wrong), "url": address(each.slug)})
    return found


def cosign_door(papers: Papers, url: str) -> dict[str, Any]:
    """Return what a page shows on the way to the signatures of others."""
    lines = cosign_lines(papers)
    wanting = [line.cosigner for line in lines if line.standing != "signed"]
    return {"cosign_lines": lines, "cosign_url": url, "unsigned": unsigned_words(wanting) if wanting else ""}


def read_papers(
    papers: Papers, *, for_others: bool = False, address: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """Return answers, computed values and files as templates read them.

    ``for_others`` hides long numbers but their last digits, and ways to reach the person, and opens no file. With the ``address`` of each step, where
    its answers are changed, those steps stand there too that say nothing yet.
    """
    files = kept_files(papers)
    steps = answer_rows(
        schema=papers.form.schema,
        values=papers.evaluation.values,
        area_names={area.code: area.name for area in villages()},
        for_others=for_others,
    )
    if for_others:
        files = {token: replace(file, url="") for token, file in files.items()}
    for each in steps:
        for row in each["rows"]:
            row["files"] = [files[token] for token in row["files"] if token in files]
    if address is not None:
        said = {each["slug"]: each for each in steps}
        steps = [
            {
                "label": label_of(each),
                "slug": each.slug,
                "rows": [],
                **said.get(each.slug, {}),
                "url": address(each.slug),
            }
            for each in asked_steps(papers)
        ]
    return {
        "paper_steps": steps,
        "paper_sums": list(computed_rows(schema=papers.form.schema, evaluation=papers.evaluation)),
    }
