"""Read who signs too, how each stands, and what a link opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from balai.foundation.identity.fields import blind_index
from balai.modules.services.models import Application, CoSignature
from balai.modules.services.queries.applications import Papers, corrected_of, papers_of
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


def cosign_lines(papers: Papers) -> list[CoSignLine]:
    """Return everybody who has to sign under the present answers; no statement where nobody has to."""
    workflow = workflow_from_json(papers.application.version.workflow)
    asked = asked_cosigners(workflow, papers.evaluation.values)
    if not asked:
        return []
    rows = CoSignature.objects.filter(application_id=papers.application.pk or 0).select_related("entered_by")
    return _lines(papers, asked, {row.slug: row for row in rows})


def _lines(papers: Papers, asked: tuple[CoSigner, ...], rows: Mapping[str, CoSignature]) -> list[CoSignLine]:
    digest = digest_of(papers.evaluation.values)
    lines = []
    for each in asked:
        row = rows.get(each.slug)
        standing = standing_of(
            signed=row.digest if row else None, declined=bool(row and row.declined_at), digest=digest
        )
        lines.append(CoSignLine(cosigner=each, row=row, standing=standing))
    return lines


def unsigned(papers: Papers) -> tuple[CoSigner, ...]:
    """Return whose signature is still wanting under the present answers."""
    return tuple(line.cosigner for line in cosign_lines(papers) if line.standing != "signed")


def cosigned(application: Application) -> list[CoSignature]:
    """Return who signed what was sent, in the order in which they were asked."""
    rows = CoSignature.objects.filter(application=application, signed_at__isnull=False)
    return list(rows.select_related("entered_by"))


def to_sign(*, token: str, at: datetime) -> tuple[CoSignature, Papers] | None:
    """Return what a link opens: the request, and the papers as they would be sent now.

    None for a wrong link, and while nothing is to be signed: the application went, or its draft is too old.
    """
    row = (
        CoSignature.objects.select_related(
            "application__case", "application__version__service__record__unit", "application__version__service__unit"
        )
        .filter(token_hash=cosign_hash(token))
        .first()
    )
    if row is None:
        return None
    application = row.application
    if application.case is None:
        is_open = application.expires_at is not None and application.expires_at > at
    else:
        is_open = application.case.state == "returned"
    return (row, papers_of(application, at=at, answers=corrected_of(application))) if is_open else None
