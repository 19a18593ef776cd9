"""Bring standards in from a file, after a look at what would become of every line."""

import base64
import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.modules.services.actions.bring_in import NotBroughtIn, bring_in, plan, standards_as_json
from balai.modules.services.desk_views.making import designs_all
from balai.modules.services.rules.standards_file import BadStandardsFile, read_standards
from balai.modules.services.words import standards_file_words, standards_row_words

MOST_BYTES = 400_000


def _whose(request: HttpRequest) -> set[int] | None:
    """Return the agencies whose services somebody makes, None for everybody's.

    :raises PermissionDenied: for nobody's.
    """
    grants = request.authority.grants_for("services.design")  # type: ignore[attr-defined]
    if not grants:
        raise PermissionDenied
    return None if designs_all(request) else {pk for grant in grants for pk in grant.unit_ids or ()}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Take a file, show what would become of every line, then bring all of it in with one press."""
    whose = _whose(request)
    if request.method != "POST":
        return render(request, "services/desk/bring_in.html", {})
    try:
        data = _sent(request)
        rows = read_standards(data)
    except BadStandardsFile as error:
        return render(request, "services/desk/bring_in.html", {"error": standards_file_words(error)}, status=422)
    if request.POST.get("do") == "bring":
        try:
            done = bring_in(rows=rows, unit_ids=whose, actor=Actor("staff", request.user.pk), at=clock.now())
        except NotBroughtIn:
            messages.error(request, _("Nothing was brought in: correct the lines below first."))
        else:
            count = sum(each.what in ("create", "change") for each in done)
            messages.success(
                request,
                ngettext("%(count)s draft was written.", "%(count)s drafts were written.", count) % {"count": count},
            )
            return redirect("services_desk:services")
    planned = plan(rows=rows, unit_ids=whose)
    context: dict[str, Any] = {
        "rows": [
            {"each": each, "problems": [standards_row_words(problem) for problem in each.problems]} for each in planned
        ],
        "counts": {what: sum(each.what == what for each in planned) for what in ("create", "change", "same", "wrong")},
        "kept": base64.b64encode(data).decode(),
    }
    return render(request, "services/desk/bring_in.html", context, status=422 if context["counts"]["wrong"] else 200)


def _sent(request: HttpRequest) -> bytes:
    """Return the bytes of the file, from the field or from the page that showed them.

    :raises BadStandardsFile: without one, or a large one.
    """
    upload = request.FILES.get("file")
    if upload is not None:
        if (upload.size or 0) > MOST_BYTES:
            raise BadStandardsFile("too_large", str(MOST_BYTES // 1000))
        return upload.read(MOST_BYTES)
    try:
        kept = base64.b64decode(request.POST.get("kept", ""), validate=True)
    except ValueError as error:
        raise BadStandardsFile("empty") from error
    if not kept or len(kept) > MOST_BYTES:
        raise BadStandardsFile("empty")
    return kept


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the standards of one's agencies as JSON that can be brought in again without loss."""
    text = json.dumps(standards_as_json(unit_ids=_whose(request)), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="standards.json"'
    return response
