"""Pages of staff: templates with their preview, documents that failed, one document to revoke."""

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.documents import actions, queries
from balai.foundation.documents.forms import FindForm, RevokeForm, TemplateForm
from balai.foundation.documents.making import Paper, preview
from balai.foundation.documents.models import DocumentTemplate, DocumentTemplateVersion, IssuedDocument
from balai.foundation.documents.typesetting import CannotTypeset, Sheet
from balai.foundation.documents.words import STANDINGS, describe_problem
from balai.foundation.events.rules import Actor
from balai.foundation.limits.actions import check_limit
from balai.foundation.units.rules import Grant
from balai.foundation.web.queries import city_face

EDIT, ISSUE = "documents.edit", "documents.issue"
PREVIEW_SECONDS = 5.0
# somebody types; a preview each second for an hour would be a machine
PREVIEWS_AN_HOUR = 1_500
SAMPLE_NUMBER = "000/0000/CONTOH/2026"


def _need(request: HttpRequest, permission: str) -> None:
    if not request.authority.grants_for(permission):  # type: ignore[attr-defined]
        raise PermissionDenied


def _reach(request: HttpRequest, permission: str, unit_id: int | None) -> Grant | None:
    """Return the post that reaches a template: the whole city's is for whoever answers for the city."""
    grants: Sequence[Grant] = request.authority.grants_for(permission)  # type: ignore[attr-defined]
    for grant in grants:
        if grant.unit_ids is None or (unit_id is not None and unit_id in grant.unit_ids):
            return grant
    return None


def _need_reach(request: HttpRequest, permission: str, unit_id: int | None) -> Grant:
    grant = _reach(request, permission, unit_id)
    if grant is None:
        raise PermissionDenied
    return grant


def _actor(request: HttpRequest, grant: Grant) -> Actor:
    return Actor("staff", request.user.pk, grant.post_id)


@never_cache
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """List every template."""
    _need(request, EDIT)
    return render(request, "documents/templates.html", {"lines": queries.templates(), "may_issue": _may_issue(request)})


def _may_issue(request: HttpRequest) -> bool:
    return bool(request.authority.grants_for(ISSUE))  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a template with its preview; keep a draft; publish it."""
    _need(request, EDIT)
    line = _line(slug)
    grant = _reach(request, EDIT, line.unit.pk if line.unit else None)
    may_edit = grant is not None
    if request.method != "POST":
        return _edit(request, line, TemplateForm(initial=_initial(line)), may_edit=may_edit)
    if grant is None:
        raise PermissionDenied
    form = TemplateForm(request.POST)
    if not form.is_valid() or "preview" in request.POST:
        return _edit(request, line, form, may_edit=True, status=422 if form.errors else 200)
    revision, at = form.cleaned_data["revision"], clock.now()
    try:
        kept = actions.save_draft(slug=slug, source=form.cleaned_data["source"], expected_revision=revision or 1, at=at)
        if "publish" not in request.POST:
            messages.success(request, _("The draft is kept. Documents are still made with the published version."))
            return redirect("documents:edit", slug=slug)
        if _sheet(line, form, picture=False)[1] is not None:
            form.add_error("source", _("The draft is kept, and not published: correct the mistake first."))
            return _edit(request, _line(slug), _again(form, kept), may_edit=True, status=422)
        version = actions.publish_template(
            slug=slug, expected_revision=kept.revision, actor=_actor(request, grant), at=at
        )
    except actions.DraftMoved as moved:
        form.add_error(
            None,
            _("Somebody else changed this template meanwhile. Your text is kept below; compare it, then save again."),
        )
        return _edit(request, _line(slug), _again(form, moved.template), may_edit=True, status=409)
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("documents:edit", slug=slug)


def _again(form: TemplateForm, template: DocumentTemplate) -> TemplateForm:
    """Let the next save count from what is stored now."""
    form.data = {**{name: form.data[name] for name in form.data}, "revision": str(template.revision)}
    return form


def _line(slug: str) -> queries.TemplateLine:
    found = next((line for line in queries.templates() if line.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _initial(line: queries.TemplateLine) -> dict[str, Any]:
    offer = queries.offer_of(line.slug)
    source = line.template.draft if line.template else offer.source if offer else ""
    sample = json.dumps(dict(offer.sample) if offer else {}, indent=2, ensure_ascii=False)
    return {"source": source, "sample": sample, "revision": line.template.revision if line.template else 0}


def _sheet(
    line: queries.TemplateLine, form: TemplateForm, *, picture: bool
) -> tuple[Sheet | None, CannotTypeset | None]:
    """Typeset what stands in the form; return the sheet or the mistake."""
    paper = Paper(
        number=SAMPLE_NUMBER,
        template="preview",
        unit=line.unit.name if line.unit else "",
        data=form.cleaned_data["sample"] if form.is_bound else json.loads(form.initial["sample"]),
        check_code="CNTHCNTHCNTH",
        valid_until=None,
    )
    source = form.cleaned_data["source"] if form.is_bound else form.initial["source"]
    try:
        sheet = preview(
            source=source, paper=paper, face=city_face(), at=clock.now(), picture=picture, seconds=PREVIEW_SECONDS
        )
    except CannotTypeset as mistake:
        return None, mistake
    return sheet, None


def _edit(
    request: HttpRequest, line: queries.TemplateLine, form: TemplateForm, *, may_edit: bool, status: int = 200
) -> HttpResponse:
    sheet, mistake = None, None
    if not form.is_bound or {"source", "sample"} <= set(form.cleaned_data):
        check_limit(
            key=f"documents:preview:{request.user.pk}", limit=PREVIEWS_AN_HOUR, per=timedelta(hours=1), at=clock.now()
        )
        sheet, mistake = _sheet(line, form, picture=True)
    context = {
        "line": line,
        "form": form,
        "may_edit": may_edit,
        "picture": base64.b64encode(sheet.content).decode() if sheet else "",
        "pages": sheet.pages if sheet else 0,
        "mistake": describe_problem(_problem_of(mistake)) if mistake else "",
        "hints": mistake.hints if mistake else (),
        "versions": queries.versions_of(template=line.template) if line.template else [],
    }
    if "preview" in request.POST and getattr(request, "htmx", False):
        return render(request, "documents/_preview.html", context)
    return render(request, "documents/edit.html", context, status=status)


def _problem_of(mistake: CannotTypeset) -> str:
    line = f"{mistake.line}: " if mistake.line else ""
    return f"{mistake.code}: {line}{mistake.message}" if mistake.message else mistake.code


@never_cache
@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a version as it was published."""
    _need(request, EDIT)
    rows = DocumentTemplateVersion.objects.select_related("template", "published_by")
    found = get_object_or_404(rows, template__slug=slug, number=number)
    return render(request, "documents/version.html", {"version": found})


@never_cache
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Show what failed, and one document by its number or code."""
    _need(request, ISSUE)
    form = FindForm(request.GET if "q" in request.GET else None)
    asked = form.is_bound and form.is_valid()
    found = _find(request, form.cleaned_data["q"]) if asked else None
    return _documents(request, form, found, RevokeForm(), asked=asked)


def _find(request: HttpRequest, text: str) -> IssuedDocument | None:
    found = queries.find_document(text)
    if found is None or _reach(request, ISSUE, found.template_version.template.unit_id) is None:
        return None
    return found


def _documents(
    request: HttpRequest,
    form: FindForm,
    found: IssuedDocument | None,
    revoke_form: RevokeForm,
    *,
    asked: bool,
    status: int = 200,
) -> HttpResponse:
    failed = [
        (each, describe_problem(each.problem))
        for each in queries.failed_documents()
        if _reach(request, ISSUE, each.template_version.template.unit_id)
    ]
    context = {
        "form": form,
        "asked": asked,
        "found": found,
        "standing": STANDINGS[queries.standing_now(found, at=clock.now())] if found and found.issued_at else None,
        "revoke_form": revoke_form,
        "failed": failed,
        "may_edit": bool(request.authority.grants_for(EDIT)),  # type: ignore[attr-defined]
    }
    return render(request, "documents/documents.html", context, status=status)


@require_POST
def retry(request: HttpRequest, document_id: int) -> HttpResponse:
    """Try a failed document again."""
    _need(request, ISSUE)
    document = get_object_or_404(IssuedDocument.objects.select_related("template_version__template"), pk=document_id)
    grant = _need_reach(request, ISSUE, document.template_version.template.unit_id)
    try:
        actions.retry_document(document_id=document_id, actor=_actor(request, grant), at=clock.now())
    except actions.NotRetryable:
        messages.info(request, _("This document has not failed, so nothing was started."))
    else:
        messages.success(request, _("Document %(number)s is being made again.") % {"number": document.number})
    return redirect("documents:documents")


@require_POST
def revoke(request: HttpRequest, document_id: int) -> HttpResponse:
    """Revoke an issued document, with a reason that everybody may read."""
    _need(request, ISSUE)
    rows = IssuedDocument.objects.select_related("template_version__template").defer("data")
    document = get_object_or_404(rows, pk=document_id)
    grant = _need_reach(request, ISSUE, document.template_version.template.unit_id)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        found_form = FindForm({"q": document.number})
        return _documents(request, found_form, document, form, asked=True, status=422)
    try:
        actions.revoke_document(
            document_id=document_id,
            reason=form.cleaned_data["reason"],
            actor=_actor(request, grant),
            at=clock.now(),
        )
    except actions.NotRevocable:
        messages.info(request, _("This document does not count already; nothing was changed."))
    else:
        messages.success(request, _("Document %(number)s is revoked.") % {"number": document.number})
    return redirect("documents:documents")
