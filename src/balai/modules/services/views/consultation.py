"""Public consultation of a standard: what would change, what people say of it, and what becomes of that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.engines.cases.web.receipts import key_problem, new_form_key, read_form_key
from balai.engines.catalogs.actions import CommentRefused, say_comment
from balai.engines.catalogs.models import PublicComment, RecordVersion
from balai.engines.catalogs.queries import asked_about, comments_on, consulted, why_returned
from balai.engines.catalogs.rules import is_asked
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.limits.actions import TooMany, check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.web.exports import csv_answer, open_to_all
from balai.modules.services.forms_consultation import OUTCOMES, CommentForm
from balai.modules.services.queries.consultation import changes_of
from balai.modules.services.rules.standard import KIND, STANDARD
from balai.modules.services.standard_words import component_label, value_words

HOUR = timedelta(hours=1)
# many share one address; nobody thinks of so many things in an hour
COMMENTS_AN_HOUR = 30
PAGE = 50
RESIDENT = Actor("resident")


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the standards of which everybody may say now what they think."""
    versions = list(asked_about(kind=KIND, day=city_day(clock.now())))
    return render(request, "services/consultations.html", {"versions": versions})


@login_not_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what would change and what was said; take in what somebody thinks."""
    version, at = consulted(kind=KIND, slug=slug), clock.now()
    if version is None:
        raise Http404
    asked = is_asked(state=version.state, until=version.consulted_until, day=city_day(at))
    form = CommentForm(request.POST if request.method == "POST" else None, components=STANDARD.components)
    status = 200
    if request.method == "POST":
        if not asked:
            form.add_error(None, _("The consultation is over; nothing more is taken in."))
        if form.is_valid() and _said(request, version, form, at):
            messages.success(request, _("Thank you. It stands below; the agency answers it here."))
            return redirect(f"{reverse('services:consultation', args=[slug])}#comments")
        status = 422
    # a key that was good stays, so that the same words twice are one comment
    kept = request.POST.get("key", "")
    key = kept if kept and read_form_key(kept, at=at) else new_form_key(at=at)
    comments, more = _comments(request, version)
    return render(
        request,
        "services/consultation.html",
        {
            "version": version,
            "record": version.record,
            "asked": asked,
            "form": form,
            "key": key,
            "taken_back": why_returned(version) if version.state == RecordVersion.State.DRAFT else "",
            "changes": _changes(version) if version.state != RecordVersion.State.DRAFT else [],
            "comments": comments,
            "next_url": f"?before={comments[-1]['row'].pk}#comments" if more else "",
            "first_url": f"{request.path}#comments" if request.GET.get("before") else "",
        },
        status=status,
    )


def _said(request: HttpRequest, version: RecordVersion, form: CommentForm, at: datetime) -> bool:
    key = read_form_key(request.POST.get("key", ""), at=at)
    if key is None or key_problem(key):
        form.add_error(None, key_problem(key))
        return False
    try:
        check_limit(key=f"comment:{caller_of(request)}", limit=COMMENTS_AN_HOUR, per=HOUR, at=at)
        say_comment(version_id=version.pk, **form.cleaned_data, submission_key=key.submission, actor=RESIDENT, at=at)
    except TooMany:
        form.add_error(
            None, _("Many comments came from here in this hour. Yours is kept in the form: try again later.")
        )
    except CommentRefused:
        form.add_error(None, _("The consultation is over; nothing more is taken in."))
    else:
        return True
    return False


def _changes(version: RecordVersion) -> list[dict[str, Any]]:
    return [
        {
            "label": component_label(change.component),
            "before": value_words(change.component.kind, change.before),
            "after": value_words(change.component.kind, change.after),
            "is_list": change.component.kind == "list",
        }
        for change in changes_of(version)
    ]


def _comments(request: HttpRequest, version: RecordVersion) -> tuple[list[dict[str, Any]], bool]:
    rows = comments_on(version)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    return [comment_line(row) for row in found[:PAGE]], len(found) > PAGE


def comment_line(row: PublicComment) -> dict[str, Any]:
    """Return a comment with the words for what it is about and what became of it."""
    component = STANDARD.component(row.component)
    return {
        "row": row,
        "about": component_label(component) if component else "",
        "outcome": OUTCOMES.get(row.outcome, ""),
        "is_hidden": row.outcome == PublicComment.Outcome.HIDDEN,
    }


@login_not_required
@require_safe
def export_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Give what was said and answered as a table; what is not shown has its reason only."""
    version = consulted(kind=KIND, slug=slug)
    if version is None:
        raise Http404

    def rows() -> Iterator[list[Any]]:
        for row in comments_on(version).order_by("pk").iterator():
            is_hidden = row.outcome == PublicComment.Outcome.HIDDEN
            yield [
                row.said_at.isoformat(),
                row.component,
                "" if is_hidden else row.name,
                "" if is_hidden else row.words,
                row.outcome,
                row.answer,
                row.answered_at.isoformat() if row.answered_at else "",
            ]

    head = ("said_at", "component", "name", "words", "outcome", "answer", "answered_at")
    answer = csv_answer(filename=f"konsultasi-{slug}.csv", head=head, rows=rows(), is_example=current_city().is_example)
    return open_to_all(answer)
