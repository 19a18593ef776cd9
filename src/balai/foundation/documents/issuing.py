"""Issue a requested document, in the background. Safe to run twice, even after a kill."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from balai.foundation.documents.events import DocumentFailed, DocumentIssued, stream_of
from balai.foundation.documents.making import Paper, render_and_sign, sha256_of
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.documents.signing import CannotSign, Signed, current_signer
from balai.foundation.documents.typesetting import CannotTypeset
from balai.foundation.events.actions import append
from balai.foundation.events.rules import SYSTEM
from balai.foundation.web.queries import city_face

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
# a document that still waits after this lost its job
STUCK_AFTER = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a document could not be made: ``text`` is ``code`` or ``code: detail``, worded in ``words.py``."""

    text: str
    is_temporary: bool


def issue(*, document_id: int, at: datetime) -> Problem | None:
    """Typeset, sign and store a pending document; return what went wrong, or None.

    Nothing is written to the database before the file is in the storage; whoever is second changes nothing.
    """
    document = IssuedDocument.objects.select_related("template_version__template__unit").filter(pk=document_id).first()
    if document is None or document.state != IssuedDocument.State.PENDING:
        return None
    try:
        signed = _make(document, at)
    except CannotSign as error:
        return Problem(text=_cut(error.code, error.detail), is_temporary=error.is_temporary)
    except CannotTypeset as error:
        place = f"{error.line}: " if error.line else ""
        detail = f"{place}{error.message}" if error.message else ""
        return Problem(text=_cut(error.code, detail), is_temporary=error.is_temporary)
    sha256 = sha256_of(signed.content)
    # the name says which bytes: two runs at once never write over each other
    stored = default_storage.save(f"issued/{document.key.hex}-{sha256[:16]}.pdf", ContentFile(signed.content))
    if not _settle(document, stored=stored, sha256=sha256, signed_by=signed.signed_by, at=at):
        default_storage.delete(stored)
    return None


def _make(document: IssuedDocument, at: datetime) -> Signed:
    face = city_face()
    template = document.template_version.template
    return render_and_sign(
        source=document.template_version.source,
        paper=Paper(
            number=document.number,
            template=template.slug,
            unit=template.unit.name if template.unit else "",
            data=json.loads(document.data),
            check_code=document.check_code,
            valid_until=document.valid_until,
        ),
        face=face,
        signer=current_signer(organization=face.government_name or face.service_name, at=at),
        at=at,
    )


@transaction.atomic
def _settle(document: IssuedDocument, *, stored: str, sha256: str, signed_by: str, at: datetime) -> bool:
    """Write that it is issued, once; return whether this was the one."""
    changed = IssuedDocument.objects.filter(pk=document.pk, state=IssuedDocument.State.PENDING).update(
        state=IssuedDocument.State.ISSUED,
        stored=stored,
        sha256=sha256,
        signed_by=signed_by,
        issued_at=at,
        problem="",
    )
    if changed:
        event = DocumentIssued(
            document_id=document.pk, owner_kind=document.owner_kind, owner_id=document.owner_id, sha256=sha256
        )
        append(stream=stream_of(document.pk), event=event, actor=SYSTEM, at=at)
    return bool(changed)


@transaction.atomic
def note_problem(*, document_id: int, problem: Problem, at: datetime) -> datetime | None:
    """Write why a pending document was not made. Return when to try again, or None: then it counts as failed."""
    pending = IssuedDocument.objects.select_for_update(of=("self",)).filter(pk=document_id, state="pending")
    document = pending.first()
    if document is None:
        return None
    again = problem.is_temporary and document.attempts + 1 < MOST_ATTEMPTS
    IssuedDocument.objects.filter(pk=document_id).update(
        attempts=F("attempts") + 1,
        problem=problem.text,
        state=IssuedDocument.State.PENDING if again else IssuedDocument.State.FAILED,
    )
    if again:
        return at + FIRST_PAUSE * 2**document.attempts
    event = DocumentFailed(
        document_id=document.pk,
        owner_kind=document.owner_kind,
        owner_id=document.owner_id,
        problem=problem.text.partition(":")[0],
    )
    append(stream=stream_of(document.pk), event=event, actor=SYSTEM, at=at)
    return None


def fail_stuck(*, at: datetime, at_work: Collection[int] = ()) -> int:
    """Let documents whose job was lost count as failed, so that somebody sees them; return how many.

    ``at_work`` are those whose job still waits or runs: after a night without a worker they are late, not lost.
    """
    stuck = IssuedDocument.objects.filter(state=IssuedDocument.State.PENDING, requested_at__lt=at - STUCK_AFTER)
    stuck = stuck.exclude(pk__in=at_work)
    ids = list(stuck.order_by("pk").values_list("pk", flat=True)[:100])
    for each in ids:
        note_problem(document_id=each, problem=Problem(text="stuck", is_temporary=False), at=at)
    return len(ids)


def _cut(code: str, detail: str) -> str:
    return (f"{code}: {detail}" if detail else code)[:500]
