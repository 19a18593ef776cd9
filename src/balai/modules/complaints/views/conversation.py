"""The reporter's own page: what happened, what is asked, and everything that the reporter may do."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.engines.cases import web
from balai.engines.cases.actions.codes import renew_code
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import OwnChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_mark
from balai.engines.cases.queries.own import own_case
from balai.engines.cases.queries.subjects import subject_name
from balai.engines.cases.queries.timeline import TimelineItem, clocks_of, timeline
from balai.engines.cases.rules.evolution import reopen_until
from balai.engines.cases.rules.kinds import CaseKind, Change
from balai.engines.cases.web.own import make_own_change, own_offers
from balai.engines.cases.web.photos import Photos, photo_view
from balai.engines.cases.web.receipts import Receipt, hand_receipt
from balai.engines.cases.words import label_of, mark_of
from balai.foundation.calendar import clock
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.files.queries import attachments_of
from balai.foundation.identity import conversations
from balai.foundation.identity.actions import NoSender, choose_language, send_code, verify_code
from balai.foundation.identity.queries import access_records
from balai.foundation.limits.actions import check_limit
from balai.foundation.units.models import Unit
from balai.foundation.web.words import is_english
from balai.modules.complaints.actions.contact import send_own_link
from balai.modules.complaints.forms.conversation import CodeForm
from balai.modules.complaints.words import (
    change_refused_words,
    look_words,
    moved_on_words,
    state_label,
    state_sentence,
    timeline_words,
    window_words,
)

# what the page offers, the likeliest first
OFFERED = ("reply", "confirm", "reopen", "add", "withdraw")
DAY = timedelta(days=1)


def _mine(request: HttpRequest, reference: str) -> Case | None:
    return own_case(reference=reference, marks=conversations.marks(request), family="complaint")


def _ask_for_code(reference: str) -> HttpResponse:
    return redirect(f"{reverse('complaints:find')}?q={reference}&code=")


@login_not_required
@require_GET
def conversation(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the whole conversation to whoever opened it with number and code."""
    case = _mine(request, reference)
    if case is None:
        return _ask_for_code(reference)
    return _page(request, case)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    bound: OwnChangeForm | None = None,
    photos: Photos | None = None,
    code_form: CodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = clock.now()
    kind = kind_at(case.kind, case.kind_version)
    items = timeline(case=case, reader="reporter")
    open_files = attachments_of(owner_kind="case", owner_ids=[case.pk]).get(case.pk, [])
    own_files = attachments_of(owner_kind="case_entry", owner_ids=[case.pk]).get(case.pk, [])
    names = dict(Unit.objects.values_list("pk", "name"))
    views = web.timeline_views(items=items, kind=kind, photos=[*open_files, *own_files], unit_names=names, public=False)
    for view, item in zip(views, items, strict=True):
        view["title"] = timeline_words(item=item, kind=kind, unit_names=names)
        if item.event.actor_kind == "resident":
            view["who"] = _("You")
    question = next((item.words for item in items if item.event.kind == "ReporterAsked"), "")
    answer = next((item for item in items if item.event.kind == "CaseAnswered" and not item.undone), None)
    response = render(
        request,
        "complaints/conversation.html",
        {
            "case": case,
            "kind_label": label_of(kind),
            "about": subject_name(case, english=is_english()),
            "state_label": state_label(case=case, kind=kind),
            "mark": mark_of(case, at),
            "sentence": state_sentence(case=case, kind=kind, at=at),
            "steps": _steps(case, kind, items),
            "clocks": _clocks(case, kind, at),
            "timeline": [view for view in views if not view["undone"]],
            "waiting_photos": [photo for photo in [*open_files, *own_files] if photo.state == "pending"],
            **_pair(open_files),
            "answer": answer if case.state_class == "answered" else None,
            "question": question if case.state_class == "waiting_reporter" else "",
            "offers": own_offers(
                case=case, kind=kind, offered=OFFERED, address="complaints:own_change", at=at, bound=bound
            ),
            "kept": photos.kept if photos else [],
            "window": _window(case, kind),
            "looks": web.looks_by_day(access_records(subject_kind="case", subject_id=case.pk), words=look_words),
            "reporter": case.reporter,
            "code_form": code_form,
            "device_days": conversations.LIVES.days,
        },
        status=status,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _steps(case: Case, kind: CaseKind, items: list[TimelineItem]) -> list[dict[str, Any]]:
    steps = web.progress_steps(case=case, kind=kind, items=items)
    for step in steps:
        if step["state"] == "now":
            step["label"] = state_label(case=case, kind=kind)
    return steps


def _clocks(case: Case, kind: CaseKind, at: datetime) -> list[web.ClockView]:
    views = web.clock_views(case=case, kind=kind, clocks=clocks_of(case=case), at=at, staff=False)
    return [
        replace(view, text=_("Paused until you answer")) if view.clock_class == "paused" else view for view in views
    ]


def _pair(files: list[Any]) -> dict[str, Any]:
    ready = [photo for photo in files if photo.state == "ready"]
    before = next((photo for photo in ready if photo.purpose == "photo"), None)
    after = next((photo for photo in reversed(ready) if photo.purpose == "proof"), None)
    return {"before": photo_view(before), "after": photo_view(after)}


def _window(case: Case, kind: CaseKind) -> str:
    at = clock.now()
    if case.closed_at is None or case.state_class != "done":
        return ""
    calendar = work_calendar(schedule_id=case.unit.schedule_id)
    until = reopen_until(kind=kind, closed_at=case.closed_at, calendar=calendar)
    if until < at:
        return ""
    return window_words(closed_at=case.closed_at, until=until, at=at)


@login_not_required
@require_POST
def change(request: HttpRequest, reference: str, change: str) -> HttpResponse:
    """Make one change: answer, add, confirm, open again, withdraw. What was typed is never lost."""
    case = _mine(request, reference)
    if case is None:
        return _ask_for_code(reference)
    outcome = make_own_change(
        request,
        case=case,
        name=change,
        refused_words=change_refused_words,
        moved_on_words=moved_on_words,
        at=clock.now(),
    )
    if outcome.changed is not None:
        messages.success(request, _done_words(outcome.change, outcome.changed))
        return redirect("complaints:conversation", case.reference)
    # after a conflict with the newest state beside the words that were typed
    fresh = _mine(request, reference) if outcome.status == 409 else None
    return _page(request, fresh or case, bound=outcome.form, photos=outcome.photos, status=outcome.status)


def _done_words(row: Change, case: Case) -> str:
    return str(
        {
            "reply": _("Your answer has been sent; the promise runs again."),
            "add": _("Added. The agency can read it now."),
            "confirm": _("Thank you. The report is closed as fixed and confirmed."),
            "reopen": _("Opened again. A new promise runs from today."),
            "withdraw": _("The report has been withdrawn."),
        }.get(row.name, _("Done."))
    )


@login_not_required
@require_POST
def fresh_code(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a new code; the old one stops working."""
    case = _mine(request, reference)
    if case is None:
        return _ask_for_code(reference)
    at = clock.now()
    check_limit(key=f"fresh-code:{case.pk}", limit=3, per=DAY, at=at)
    code = renew_code(case_id=case.pk, at=at)
    response = redirect("complaints:thanks")
    # this browser goes on; every other one asks for the new code
    case.refresh_from_db(fields=["code_hash"])
    conversations.remember(response, case.pk, mark=code_mark(case), request=request)
    hand_receipt(response, receipt=Receipt(case.reference, code), secure=request.is_secure())
    return response


@login_not_required
@require_POST
def send_link(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the number and the way back to the reporter's own address."""
    case = _mine(request, reference)
    if case is None:
        return _ask_for_code(reference)
    at = clock.now()
    check_limit(key=f"own-link:{case.pk}", limit=3, per=DAY, at=at)
    if send_own_link(case=case, at=at):
        messages.success(request, _("Sent to your e-mail address."))
    else:
        messages.error(request, _("There is no e-mail address on this report. Copy the number instead."))
    return redirect("complaints:conversation", case.reference)


@login_not_required
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, reference: str) -> HttpResponse:
    """Prove an e-mail address or a telephone by a six-digit code; only if the reporter wants to."""
    case = _mine(request, reference)
    if case is None:
        return _ask_for_code(reference)
    reporter = case.reporter
    if reporter is None or request.method == "GET":
        return redirect("complaints:conversation", case.reference)
    at = clock.now()
    channel = request.POST.get("channel", "")
    if channel in ("email", "phone"):
        address = reporter.email if channel == "email" else reporter.phone
        try:
            if not address:
                raise NoSender(channel)
            send_code(resident=reporter, channel="sms" if channel == "phone" else "email", at=at)
        except NoSender:
            messages.error(request, _("No code can be sent there at present. The report goes on without it."))
            return redirect("complaints:conversation", case.reference)
        messages.success(request, _("A six-digit code is on its way. It works for fifteen minutes."))
        return _page(request, case, code_form=CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid():
        if verify_code(resident=reporter, code=form.cleaned_data["code"], at=at):
            messages.success(request, _("Proven. Thank you."))
            return redirect("complaints:conversation", case.reference)
        form.add_error("code", _("This code does not fit or is too old. Compare it, or ask for a new one."))
    return _page(request, case, code_form=form, status=422)


@login_not_required
@require_POST
def language(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose the language of the messages about this report."""
    case = _mine(request, reference)
    if case is None:
        return _ask_for_code(reference)
    if case.reporter_id is not None and request.POST.get("locale") in ("id", "en"):
        choose_language(resident_id=case.reporter_id, locale=request.POST["locale"])
        messages.success(request, _("Messages about this report come in this language from now on."))
    return redirect("complaints:conversation", case.reference)


@login_not_required
@require_POST
def forget(request: HttpRequest, reference: str) -> HttpResponse:
    """Forget on this device that it opened the report; for telephones that are shared."""
    case = _mine(request, reference)
    response = redirect("complaints:find")
    if case is not None:
        conversations.forget(response, case.pk, request=request)
    return response
