"""Programs check documents: by the code on the paper, or by the file."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import File, Router
from ninja.files import UploadedFile

from balai.foundation.api.problems import Problem
from balai.foundation.calendar import clock
from balai.foundation.documents import queries
from balai.foundation.documents.checking import CannotJudge, check_pdf
from balai.foundation.documents.limits import limit_codes, limit_files
from balai.foundation.documents.words import REFUSALS
from balai.foundation.web.words import is_english

router = Router(tags=["documents"])


def _shown(check: queries.Check) -> dict[str, Any]:
    document = check.document
    return {
        "number": document.number,
        "name": (check.name_en if is_english() else "") or check.name_id,
        "agency": check.unit,
        # first letters only, as on the page
        "holder": check.holder,
        "standing": check.standing,
        "issued_at": document.issued_at,
        "valid_until": document.valid_until,
        "signed_by": document.signed_by,
        "revoked_at": document.revoked_at,
        "revoke_reason": document.revoke_reason,
        "sha256": document.sha256,
    }


@router.post("/check", url_name="document_check")
def by_file(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Judge a PDF: genuine, changed, trusted (signed by somebody we trust, not issued here), foreign, or unsigned."""
    limit_files(request)
    try:
        judged = check_pdf(file=file, at=clock.now())
    except CannotJudge as refused:
        raise Problem(422, detail=REFUSALS[refused.code], kind="not-understood", code=refused.code) from refused
    return {
        "verdict": judged.verdict,
        "number": judged.number,
        "signatures": [
            {
                "signer": each.signer,
                "intact": each.intact,
                "trusted": each.trusted,
                "whole_file": each.whole,
                "signed_at": each.signed_at,
            }
            for each in judged.signatures
        ],
        "document": _shown(judged.check) if judged.check is not None else None,
    }


@router.get("/{code}", url_name="document")
def by_code(request: HttpRequest, code: str) -> dict[str, Any]:
    """Say what the code on a document proves: whose it is, from whom, and whether it counts."""
    limit_codes(request)
    found = queries.check_code(code[:40], at=clock.now())
    if found is None:
        raise Problem(404, detail=_("No document with this code was issued here."), kind="not-found")
    return _shown(found)
