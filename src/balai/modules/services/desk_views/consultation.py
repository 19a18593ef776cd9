"""Answer what the public says of a standard."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from balai.engines.catalogs.actions import CommentRefused, NotNow, answer_comment
from balai.engines.catalogs.models import PublicComment, RecordVersion
from balai.engines.catalogs.queries import comments_on, consulted
from balai.foundation.calendar import clock
from balai.modules.services.desk_views.making import actor_of, record_for
from balai.modules.services.forms_consultation import CommentAnswerForm
from balai.modules.services.rules.standard import KIND
from balai.modules.services.views.consultation import comment_line

MOST = 200


@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was said, what waits for an answer first; keep an answer."""
    record = record_for(request, slug)
    version = consulted(kind=KIND, slug=slug)
    if version is None:
        raise Http404
    bound: tuple[int, CommentAnswerForm] | None = None
    if request.method == "POST":
        bound = _answer(request, version)
        if bound is None:
            return redirect("services_desk:comments", slug)
    may_answer = version.state in (RecordVersion.State.DRAFT, RecordVersion.State.CONSULTATION)
    rows = comments_on(version)
    waiting = rows.filter(outcome="").order_by("pk")
    return render(
        request,
        "services/desk/comments.html",
        {
            "record": record,
            "version": version,
            "waiting": [_line(row, bound) for row in waiting[:MOST]],
            "answered": [_line(row, bound) for row in rows.exclude(outcome="")[:MOST]],
            "waiting_count": waiting.count(),
            "most": MOST,
            "answered_count": rows.exclude(outcome="").count(),
            "may_answer": may_answer,
        },
        status=422 if bound else 200,
    )


def _answer(request: HttpRequest, version: RecordVersion) -> tuple[int, CommentAnswerForm] | None:
    """Keep an answer, or return the form with what is wrong with it."""
    given = request.POST.get("comment", "")
    comment = comments_on(version).filter(pk=int(given)).first() if given.isdecimal() and len(given) < 18 else None
    if comment is None:
        raise Http404
    form = CommentAnswerForm(request.POST, auto_id=f"c{comment.pk}_%s")
    if not form.is_valid():
        return comment.pk, form
    try:
        answer_comment(comment_id=comment.pk, **form.cleaned_data, actor=actor_of(request), at=clock.now())
    except NotNow:
        messages.error(request, _("This version is decreed; begin the next one to change it."))
    except CommentRefused:
        form.add_error("answer", _("Say what becomes of it, and why."))
        return comment.pk, form
    else:
        messages.success(request, _("Kept. Everybody can read it."))
    return None


def _line(row: PublicComment, bound: tuple[int, CommentAnswerForm] | None) -> dict[str, Any]:
    if bound is not None and bound[0] == row.pk:
        form = bound[1]
    else:
        given = {"outcome": row.outcome, "answer": row.answer} if row.outcome else {"outcome": "taken"}
        form = CommentAnswerForm(initial=given, auto_id=f"c{row.pk}_%s")
    return {**comment_line(row), "form": form, "is_bound": form.is_bound}
