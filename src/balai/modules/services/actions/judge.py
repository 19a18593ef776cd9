"""Say of one document that it is good, or why not."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from balai.engines.cases.actions.change import NotAllowed
from balai.engines.cases.models import Case
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.units.rules import Authority
from balai.modules.services.events import DocumentJudged, stream_of
from balai.modules.services.models import ApplicationDocument

State = ApplicationDocument.State


class JudgementRefused(Exception):
    """The document cannot be judged like this. ``code``: ended, no_reason, not_given, changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def judge_document(
    *,
    document_id: int,
    accept: bool,
    reason: str = "",
    seen: Sequence[str] | None = None,
    actor: Actor,
    authority: Authority,
    at: datetime,
) -> ApplicationDocument:
    """Accept a document, or refuse it with the reason that the applicant reads.

    ``seen`` are the tokens of the files that the officer's page showed; others came meanwhile, and were not looked at.

    :raises NotAllowed: if this officer does not handle the application; :raises JudgementRefused: see there.
    """
    # the matter first, as everywhere: a decision at this moment counts the documents that were refused
    case_id = ApplicationDocument.objects.values_list("application__case_id", flat=True).get(pk=document_id)
    if case_id is not None:
        Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    document = (
        ApplicationDocument.objects.select_for_update(of=("self",))
        .select_related("application__case", "application__version__service")
        .get(pk=document_id)
    )
    case = document.application.case
    if case is None or not authority.may(
        "cases.handle", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
    ):
        raise NotAllowed("judge_document")
    if not case.is_open:
        raise JudgementRefused("ended")
    if seen is not None and list(seen) != document.tokens:
        raise JudgementRefused("changed")
    if accept and document.state == State.MISSING:
        raise JudgementRefused("not_given")
    if not accept and not reason.strip():
        raise JudgementRefused("no_reason")
    document.state = State.ACCEPTED if accept else State.REFUSED
    document.reason = "" if accept else reason.strip()[:300]
    document.decided_by_id, document.decided_at = actor.id, at
    document.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    append(
        stream=stream_of(document.application.version.service.slug),
        event=DocumentJudged(application_id=document.application_id, document=document.slug, state=str(document.state)),
        actor=actor,
        at=at,
    )
    return document
