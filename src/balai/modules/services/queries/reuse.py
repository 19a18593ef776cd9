"""Documents that were accepted once and need not be sent again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from balai.engines.cases.queries.opened import opened_cases
from balai.foundation.files.models import Attachment
from balai.foundation.files.queries import attachments_of
from balai.foundation.forms.queries import published_form
from balai.foundation.forms.rules.schema import Field
from balai.modules.services.models import ApplicationDocument
from balai.modules.services.queries.applications import OWNER, Papers
from balai.modules.services.rules.life import same_question

# what an officer accepted longer ago may no longer be true
ACCEPTED_WITHIN = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Reusable:
    """A document of an earlier application that an officer accepted, as the answer to the same question."""

    slug: str
    files: tuple[Attachment, ...]
    reference: str
    accepted_at: datetime


def reusable_documents(
    *, papers: Papers, fields: Collection[Field], marks: Mapping[int, str], at: datetime
) -> dict[str, Reusable]:
    """Return the newest accepted document for each file question of ``fields`` that has no answer yet.

    ``marks``: the matters that this browser opened with number and code; documents of others are nobody's to use. A
    document fits where both forms ask the same question. Two statements at most, none where nothing is asked.
    """
    asked = {field.slug: field for field in fields if field.kind == "file" and not papers.answers.get(field.slug)}
    if not asked or not marks:
        return {}
    rows = (
        ApplicationDocument.objects.filter(
            application__case__in=opened_cases(marks=marks).values("pk"),
            slug__in=asked,
            state=ApplicationDocument.State.ACCEPTED,
            decided_at__gte=at - ACCEPTED_WITHIN,
        )
        .exclude(application=papers.application)
        .select_related("application__version", "application__case")
        .order_by("-decided_at", "-pk")
    )
    newest: dict[str, ApplicationDocument] = {}
    for row in rows:
        theirs = published_form(row.application.version.form_version_id).schema.field(row.slug)
        if theirs is not None and same_question(asked[row.slug], theirs):
            newest.setdefault(row.slug, row)
    files = attachments_of(owner_kind=OWNER, owner_ids={row.application_id for row in newest.values()})
    found = {}
    for slug, row in newest.items():
        kept = tuple(
            file
            for file in files.get(row.application_id, [])
            if str(file.key) in row.tokens and file.state != Attachment.State.REFUSED
        )
        case = row.application.case
        if kept and case is not None and row.decided_at is not None:
            found[slug] = Reusable(slug=slug, files=kept, reference=case.reference, accepted_at=row.decided_at)
    return found
