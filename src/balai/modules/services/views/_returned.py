"""What came back to the applicant: why, and which documents do not do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from balai.engines.cases.models import Case
from balai.engines.cases.queries.timeline import TimelineItem
from balai.engines.cases.rules.kinds import CaseKind
from balai.foundation.forms.words import label_of
from balai.modules.services.models import ApplicationDocument
from balai.modules.services.queries.applications import Papers, corrected_of, papers_of
from balai.modules.services.views._draft import asked_steps

State = ApplicationDocument.State


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One document. ``url`` is where another one is chosen (empty: not now); ``is_ready``: it lies there, unsent."""

    label_id: str
    label_en: str
    state: str
    reason: str
    url: str = ""
    is_ready: bool = False


def document_rows(papers: Papers, *, address: Callable[[str], str] | None = None) -> list[DocumentRow]:
    """Return the documents; with the ``address`` of each step also where those are sent that do not do.

    The answers of ``papers`` are those of the correction then: what stands in it has not been sent.
    """
    values = papers.evaluation.values
    steps = {field.slug: step.slug for step in asked_steps(papers) for field in step.fields}
    return [
        DocumentRow(
            label_id=document.label_id,
            label_en=document.label_en,
            state=document.state,
            reason=document.reason,
            url=address(steps[document.slug])
            if address is not None
            and document.slug in steps
            and document.state in (State.REFUSED, State.MISSING)
            and document.slug in papers.evaluation.visible
            else "",
            is_ready=address is not None and bool(new := values.get(document.slug)) and new != document.tokens,
        )
        for document in papers.application.documents.order_by("id")
    ]


def with_correction(papers: Papers, *, at: datetime) -> Papers:
    """Return an application as its applicant is correcting it."""
    files, application = list(papers.files.values()), papers.application
    return papers_of(application, at=at, answers=corrected_of(application), files=files, today=papers.today)


@dataclass(frozen=True, kw_only=True)
class Returned:
    """Why an application came back: the reason that was chosen, the officer's words, their post, and when."""

    reason: str
    words: str
    who: str
    at: datetime


def return_of(*, case: Case, kind: CaseKind, items: list[TimelineItem]) -> Returned | None:
    """Return why an application lies with its applicant, None where it does not."""
    made = (item for item in items if item.event.data.get("change") == "return" and not item.undone)
    item = next(made, None) if case.state == "returned" else None
    if item is None:
        return None
    reasons = {reason.slug: label_of(reason) for reason in kind.change("return").reasons}
    return Returned(
        reason=reasons.get(item.event.data.get("reason") or "", ""), words=item.words, who=item.who, at=item.event.at
    )
