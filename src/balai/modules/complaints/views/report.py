"""Report a problem: one page, a look at what the city will promise, and the number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.engines.cases.actions import Opened
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Category
from balai.engines.cases.queries.opened import code_mark
from balai.engines.cases.queries.own import case_of_reference, case_of_submission
from balai.engines.cases.queries.subjects import subject_of
from balai.engines.cases.web.photos import Photos, read_photos
from balai.engines.cases.web.receipts import (
    FormKey,
    Receipt,
    hand_receipt,
    key_problem,
    new_form_key,
    read_form_key,
    read_receipt,
)
from balai.engines.cases.words import label_of
from balai.foundation.calendar import clock
from balai.foundation.identity import conversations
from balai.foundation.identity.rules import BadPhone, normalise_phone
from balai.foundation.limits.actions import TooMany, check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import villages_by_id
from balai.foundation.web.history import keep_for_back
from balai.modules.complaints.actions.submit import (
    Checked,
    ReportRefused,
    Submission,
    check_report,
    store_report,
)
from balai.modules.complaints.forms.report import PRIVACY_WORDS, QuestionsForm, ReportForm, category_groups
from balai.modules.complaints.queries.promise import promise_for
from balai.modules.complaints.queries.set_up import set_up
from balai.modules.complaints.queries.similar import similar_reports
from balai.modules.complaints.queries.suggestions import suggested_categories
from balai.modules.complaints.views._open import when_open
from balai.modules.complaints.words import because_words

# In a village many share one address; a telephone belongs to one household.
PER_ADDRESS, PER_PHONE, PER_EMAIL = 120, 5, 10
FILES_PER_ADDRESS = 600
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PREFILLED = ("about", "category", "village", "lat", "lon", "place_words")


@dataclass
class Draft:
    """A posted form on its way: what was read so far, for the page and for the action."""

    form: ReportForm
    photos: Photos
    key_text: str
    key: FormKey | None
    questions: QuestionsForm | None = None

    @property
    def category(self) -> Category | None:
        """Return the chosen category, if it is one of ours."""
        return set_up().categories.get(str(self.form.data.get("category", "")))


@login_not_required
@require_http_methods(["GET", "POST"])
@when_open
def new(request: HttpRequest) -> HttpResponse:
    """Show the form and take it in. Without script it is sent twice: once to check, once to send."""
    at = clock.now()
    if request.method != "POST":
        given = {name: request.GET[name][:300] for name in PREFILLED if name in request.GET}
        form = ReportForm(initial={"privacy": "named", **given})
        sent = _just_sent(request)
        response = _page(request, Draft(form, Photos(), new_form_key(at=at), None), sent=sent)
        if sent:
            response["Cache-Control"] = "private, no-store"
        return response
    draft = _read(request, at=at)
    if request.POST.get("step") == "edit":
        # back from the check: the form with everything in it, and nothing called wrong yet
        draft.form = ReportForm(initial={name: draft.form.data.get(name, "") for name in draft.form.fields})
        return _page(request, draft)
    checked = _check(draft, at=at)
    if checked is None or not _is_good_key(draft):
        # a form that arrives a second time has nothing new: its photos are with the report already
        already = case_of_submission(key=draft.key.submission) if draft.key else None
        if already is not None:
            return _thank(request, Opened(case=already, code="", already=True))
        return _page(request, draft, status=422)
    if request.POST.get("step") != "send":
        return _check_page(request, draft, checked, at=at)
    if draft.questions is not None and not draft.questions.is_valid():
        return _check_page(request, draft, checked, at=at, status=422)
    return _send(request, draft, checked, at=at)


def _just_sent(request: HttpRequest) -> str:
    """Return the number of the report that this browser has just sent, for who comes back by the button “Back”."""
    receipt = read_receipt(request)
    case = case_of_reference(reference=receipt.reference, family="complaint") if receipt else None
    return case.reference if case is not None else ""


def _read(request: HttpRequest, *, at: datetime) -> Draft:
    form = ReportForm(request.POST, request.FILES)
    form.is_valid()
    uploads = form.cleaned_data.get("photo") or []
    if uploads:
        check_limit(key=f"files:{caller_of(request)}", limit=FILES_PER_ADDRESS, per=HOUR, at=at)
    photos = read_photos(request, uploads=uploads, at=at)
    for error in photos.errors:
        form.add_error("photo", error)
    key_text = request.POST.get("key", "")
    key = read_form_key(key_text, at=at)
    draft = Draft(form, photos, key_text if key else new_form_key(at=at), key)
    category = draft.category
    if category is not None and category.questions:
        draft.questions = QuestionsForm(request.POST, category=category)
    return draft


def _is_good_key(draft: Draft) -> bool:
    """Put what is wrong with the hidden key above a form in which nothing else is wrong."""
    problem = key_problem(draft.key)
    if problem:
        draft.form.add_error(None, problem)
    return not problem


def _check(draft: Draft, *, at: datetime) -> Checked | None:
    """Return the checked report, or None with every error put beside its field."""
    form = draft.form
    submission = _submission(draft)
    try:
        checked = check_report(submission=submission, at=at)
    except ReportRefused as refused:
        known = set(form.errors)
        form.add_refusals(
            {name: words for name, words in refused.errors.items() if name not in known and not _doubled(name, known)}
        )
        return None
    return None if form.errors else checked


def _doubled(name: str, known: set[str]) -> bool:
    return name == "place" and "village" in known


def _submission(draft: Draft) -> Submission:
    data = draft.form.cleaned_data
    lat, lon = data.get("position", (None, None))
    answers: dict[str, Any] = {}
    if draft.questions is not None and draft.questions.is_valid():
        answers = draft.questions.answers()
    return Submission(
        text=data.get("text", ""),
        category=data.get("category", ""),
        channel="web",
        privacy=data.get("privacy", ""),
        lat=lat,
        lon=lon,
        village_id=data.get("village") if lat is None else None,
        place_words=data.get("place_words", ""),
        name=data.get("name", ""),
        email=data.get("email", ""),
        phone=data.get("phone", ""),
        nik=data.get("nik", ""),
        locale=(get_language() or "id")[:2],
        answers=answers,
        about=data.get("about", ""),
        attachments=draft.photos.attachments,
        submission_key=draft.key.submission if draft.key else None,
    )


def _page(request: HttpRequest, draft: Draft, *, sent: str = "", status: int = 200) -> HttpResponse:
    form = draft.form
    form.fill_villages()
    chosen = str(form["category"].value() or "")
    text = str(form["text"].value() or "")
    return render(
        request,
        "complaints/new.html",
        {
            "form": form,
            "key": draft.key_text,
            "kept": draft.photos.kept,
            "groups": category_groups(chosen),
            "chosen": chosen,
            # on the first look there are no words yet; with script the suggestions come as one writes
            "suggestions": suggested_categories(text) if form.is_bound and not chosen else (),
            "questions": draft.questions,
            "privacies": [(value, *words) for value, words in PRIVACY_WORDS.items()],
            "privacy": form["privacy"].value(),
            "sent": sent,
            "about": subject_of(str(form["about"].value() or "")),
        },
        status=status,
    )


def _promise_context(checked: Checked, *, at: datetime) -> dict[str, Any]:
    promise = promise_for(kind_slug=checked.kind, where=checked.where, known=checked.known, at=at)
    return {
        "promise": promise,
        "because": because_words(because=promise.because, rule_name=promise.rule_name, category=checked.category),
        "checked": checked,
        "about": checked.about,
        "place": _place_words(checked),
        "privacy_words": PRIVACY_WORDS[checked.submission.privacy],
        "similar": _similar(checked, at),
    }


def _similar(checked: Checked, at: datetime) -> list[dict[str, Any]]:
    lat, lon = checked.submission.lat, checked.submission.lon
    if lat is None or lon is None:
        return []
    return [
        {
            "case": found.case,
            "metres": found.metres,
            "url": reverse("complaints:case", args=[found.case.reference]),
            "state": label_of(kind_at(found.case.kind, found.case.kind_version).state(found.case.state)),
        }
        for found in similar_reports(lat=lat, lon=lon, category=checked.category, at=at)
    ]


def _place_words(checked: Checked) -> str:
    village = villages_by_id().get(checked.village_id) if checked.village_id else None
    return ", ".join(part for part in (checked.submission.place_words.strip(), village.name if village else "") if part)


def _check_page(
    request: HttpRequest, draft: Draft, checked: Checked, *, at: datetime, status: int = 200
) -> HttpResponse:
    questions = draft.questions
    if questions is not None and request.POST.get("step") != "send" and not questions.has_changed():
        # first time that they are asked: nothing is wrong yet
        questions = QuestionsForm(category=checked.category)
    carried = [
        (name, value)
        for name, value in request.POST.items()
        if name in draft.form.fields and name not in ("photo", "website")
    ]
    response = render(
        request,
        "complaints/check.html",
        {
            "carried": carried,
            "key": draft.key_text,
            "kept": draft.photos.kept,
            "questions": questions,
            **_promise_context(checked, at=at),
        },
        status=status,
    )
    # sending changes cookies; whoever comes back afterwards may send again, and it stays one report
    keep_for_back(response)
    return response


def _limit(submission: Submission, *, address: str, at: datetime) -> None:
    check_limit(key=f"report:address:{address}", limit=PER_ADDRESS, per=HOUR, at=at)
    if submission.privacy == "anonymous":
        return
    if submission.phone.strip():
        try:
            phone = normalise_phone(submission.phone)
        except BadPhone:
            return
        check_limit(key=f"report:phone:{phone}", limit=PER_PHONE, per=DAY, at=at)
    if submission.email.strip():
        check_limit(key=f"report:email:{submission.email.strip().lower()}", limit=PER_EMAIL, per=DAY, at=at)


def _send(request: HttpRequest, draft: Draft, checked: Checked, *, at: datetime) -> HttpResponse:
    try:
        _limit(checked.submission, address=caller_of(request), at=at)
    except TooMany as too_many:
        hours = max(1, round(too_many.retry_after / 3600))
        draft.form.add_error(
            None,
            _(
                "Many reports have come from here or from this contact today. Your text is kept. "
                "Send it again in about %(hours)s hours; in danger call 112."
            )
            % {"hours": hours},
        )
        response = _page(request, draft, status=429)
        response["Retry-After"] = str(too_many.retry_after)
        return response
    return _thank(request, store_report(checked=checked, at=at))


def _thank(request: HttpRequest, opened: Opened) -> HttpResponse:
    response = redirect("complaints:thanks")
    conversations.remember(response, opened.case.pk, mark=code_mark(opened.case), request=request)
    hand_receipt(response, receipt=Receipt(opened.case.reference, opened.code), secure=request.is_secure())
    return response


@login_not_required
@require_POST
@when_open
def suggest(request: HttpRequest) -> HttpResponse:
    """Up to three categories for the words so far; posted, so that no words stand in an address."""
    found = suggested_categories(request.POST.get("text", "")[:10_000])
    return render(
        request, "complaints/_suggestions.html", {"suggestions": found, "chosen": request.POST.get("category", "")}
    )


@login_not_required
@require_GET
@when_open
def questions(request: HttpRequest) -> HttpResponse:
    """Ask the further questions of one category."""
    category = set_up().categories.get(request.GET.get("category", ""))
    asked = QuestionsForm(category=category) if category is not None and category.questions else None
    return render(request, "complaints/_questions.html", {"questions": asked})


@login_not_required
@require_POST
@when_open
def promise(request: HttpRequest) -> HttpResponse:
    """Say what the city will promise, for the last section of the form; nothing is stored."""
    at = clock.now()
    form = ReportForm(request.POST)
    form.is_valid()
    key_text = request.POST.get("key", "")
    draft = Draft(form, read_photos(request, uploads=(), at=at), key_text, read_form_key(key_text, at=at))
    category = draft.category
    if category is not None and category.questions:
        draft.questions = QuestionsForm(request.POST, category=category)
    waiting = request.POST.get("photos_waiting", "0") not in ("", "0")
    if waiting and not form.cleaned_data.get("text", "").strip():
        # the photos travel when it is sent; they stand for the words
        form.cleaned_data["text"] = "–"
    checked = _check(draft, at=at)
    if checked is None or (draft.questions is not None and not draft.questions.is_valid()):
        return render(request, "complaints/_problems.html", {"form": form, "questions": draft.questions})
    context = {**_promise_context(checked, at=at), "kept": draft.photos.kept}
    return render(request, "complaints/_promise.html", context)
