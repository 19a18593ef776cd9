"""Read who signs too, how each stands, and what a link opens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from balai.foundation.identity.fields import blind_index
from balai.modules.services.models import Application, CoSignature
from balai.modules.services.queries.applications import Papers, answers_of, corrected_of, papers_of
from balai.modules.services.rules.cosign import Standing, asked_cosigners, digest_of, standing_of
from balai.modules.services.rules.workflow import CoSigner, workflow_from_json


def cosign_hash(token: str) -> str:
    """Return the keyed hash under which the token of a link is kept."""
    return blind_index("application-cosign", token)


@dataclass(frozen=True, kw_only=True)
class CoSignLine:
    """Somebody who has to sign, whom the applicant asked (None: nobody yet), and how it stands."""

    cosigner: CoSigner
    row: CoSignature | None
    standing: Standing


def cosignatures_of(application_ids: Collection[int]) -> dict[int, list[CoSignature]]:
    """Return who was asked to sign some applications, by application, oldest first; one statement."""
    found: dict[int, list[CoSignature]] = {}
    rows = CoSignature.objects.filter(application__in=application_ids).select_related("entered_by")
    for row in rows.order_by("pk"):
        found.setdefault(row.application_id, []).append(row)
    return found


def cosign_lines(papers: Papers, *, rows: Sequence[CoSignature] | None = None) -> list[CoSignLine]:
    """Return everybody who has to sign under the present answers; no statement where nobody has to.

    ``rows`` where the caller has read them for several applications at once (:func:`cosignatures_of`).
    """
    workflow = workflow_from_json(papers.application.version.workflow)
    asked = asked_cosigners(workflow, papers.evaluation.values)
    if not asked:
        return []
    if rows is None:
        pk = papers.application.pk or 0
        rows = cosignatures_of([pk]).get(pk, [])
    digest = digest_of(papers.evaluation.values)
    lines = []
    for each in asked:
        mine = [row for row in rows if row.slug == each.slug]
        # what was signed and sent stands while nothing changes; else the request of now
        row = next((row for row in mine if row.digest == digest), None) or next(
            (row for row in mine if row.sent_at is None), None
        )
        standing = standing_of(
            signed=row.digest if row else None, declined=bool(row and row.declined_at), digest=digest
        )
        lines.append(CoSignLine(cosigner=each, row=row, standing=standing))
    return lines


def unsigned(papers: Papers, *, rows: Sequence[CoSignature] | None = None) -> tuple[CoSigner, ...]:
    """Return whose signature is still wanting under the present answers."""
    return tuple(line.cosigner for line in cosign_lines(papers, rows=rows) if line.standing != "signed")


def cosigned(application: Application) -> list[CoSignature]:
    """Return who signed the answers as they were sent last, in the order in which they were asked."""
    rows = CoSignature.objects.filter(application=application, sent_at__isnull=False).select_related("entered_by")
    if not rows:
        return []
    digest = digest_of(answers_of(application))
    return [row for row in rows if row.digest == digest]


def to_sign(*, token: str, at: datetime) -> tuple[CoSignature, Papers] | None:
    """Return what a link opens: the request, and the papers as they would be sent now.

    None for a wrong link, and while nothing is to be signed with it: the application went, its draft is too old, or
    nobody of this kind has to sign under the present answers.
    """
    row = (
        CoSignature.objects.select_related(
            "application__case", "application__version__service__record__unit", "application__version__service__unit"
        )
        .filter(token_hash=cosign_hash(token), sent_at__isnull=True)
        .first()
    )
    if row is None:
        return None
    application = row.application
    if application.case is None:
        is_open = application.expires_at is not None and application.expires_at > at
    else:
        is_open = application.case.state == "returned"
    if not is_open:
        return None
    papers = papers_of(application, at=at, answers=corrected_of(application))
    workflow = workflow_from_json(application.version.workflow)
    is_asked = any(each.slug == row.slug for each in asked_cosigners(workflow, papers.evaluation.values))
    return (row, papers) if is_asked else None
