"""Public pages: what a code proves, what a file proves, and the file for whoever may see it."""

import re

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from balai.foundation.calendar import clock
from balai.foundation.documents import authority, queries
from balai.foundation.documents.checking import CannotJudge, check_pdf
from balai.foundation.documents.forms import CodeForm, FileForm
from balai.foundation.documents.limits import limit_codes, limit_files
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.documents.rules.seals import BadSeal, Statement, grouped_code, read_seal, tidy_check_code
from balai.foundation.documents.words import REFUSALS, STANDINGS, VERDICTS


@login_not_required
@never_cache
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the code on a document proves: what it is, from whom, and whether it counts."""
    limit_codes(request)
    found = queries.check_code(code, at=clock.now())
    said, is_forged = _seal(request, found)
    context = {
        "check": found,
        "code": grouped_code(tidy_check_code(code))[:20],
        "standing": STANDINGS[found.standing] if found else None,
        "said": said,
        "is_forged": is_forged,
    }
    return render(request, "documents/check.html", context, status=200 if found else 404)


def _seal(request: HttpRequest, found: queries.Check | None) -> tuple[Statement | None, bool]:
    """Return what the scanned seal says, and whether it is forged or belongs to another document."""
    text = request.GET.get("s", "")
    if not text:
        return None, False
    try:
        said = read_seal(text=text, keys=authority.seal_keys())
    except BadSeal:
        return None, True
    return said, found is not None and said.number != found.document.number


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Lead a typed code to its page; judge an uploaded file."""
    if request.method != "POST":
        form = CodeForm(request.GET if "code" in request.GET else None)
        if form.is_bound and form.is_valid():
            return redirect("documents:check", code=tidy_check_code(form.cleaned_data["code"])[:40] or "-")
        return _verify(request, code_form=form)
    limit_files(request)
    form_of_file = FileForm(request.POST, request.FILES)
    if not form_of_file.is_valid():
        return _verify(request, file_form=form_of_file, status=422)
    try:
        judged = check_pdf(file=form_of_file.cleaned_data["file"], at=clock.now())
    except CannotJudge as refused:
        form_of_file.add_error("file", str(REFUSALS[refused.code]))
        return _verify(request, file_form=form_of_file, status=422)
    context = {
        "judged": judged,
        "verdict": VERDICTS[judged.verdict],
        "check": judged.check,
        "standing": STANDINGS[judged.check.standing] if judged.check else None,
    }
    return render(request, "documents/judged.html", context)


def _verify(
    request: HttpRequest, *, code_form: CodeForm | None = None, file_form: FileForm | None = None, status: int = 200
) -> HttpResponse:
    context = {"code_form": code_form or CodeForm(), "file_form": file_form or FileForm()}
    return render(request, "documents/verify.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def download(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """Hand the signed file to whoever may see it; a stranger learns not even that it exists."""
    document = IssuedDocument.objects.defer("data").filter(pk=document_id).first()
    guard = queries.guard_of(owner_kind=document.owner_kind) if document else None
    if document is None or guard is None or not guard.may_see(request, document):
        raise Http404
    if document.state in (IssuedDocument.State.PENDING, IssuedDocument.State.FAILED):
        waiting = HttpResponse(_("The document is being made. Come back in a moment."), status=202)
        waiting["Content-Type"], waiting["Retry-After"] = "text/plain; charset=utf-8", "30"
        return waiting
    if document.state == IssuedDocument.State.REVOKED:
        return redirect("documents:check", code=document.check_code)
    try:
        file = default_storage.open(document.stored)
    except FileNotFoundError as error:
        raise Http404 from error
    if request.method == "GET":
        guard.looked(request, document)
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", document.number).strip("-.") or document.check_code
    response = FileResponse(file, content_type="application/pdf", as_attachment=True, filename=f"{name}.pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
