"""Letters to whoever brought a matter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from balai.engines.cases.models import Case
from balai.foundation.messages.actions import Draft, queue_messages


def write_to_reporter(
    *,
    case: Case,
    template: str,
    what: str,
    context: Mapping[str, Any] | None = None,
    secret_context: Mapping[str, Any] | None = None,
    at: datetime,
) -> bool:
    """Queue a letter to the reporter in their language; return False where nobody gave an address.

    ``what`` names the event that is told (``case:17:4``), so that it is told once. The letter knows the number and the
    title of the matter, and what ``context`` adds.
    """
    reporter = case.reporter
    if reporter is None or not reporter.email:
        return False
    draft = Draft(
        dedupe_key=f"{what}:resident:{reporter.pk}:email",
        template=template,
        channel="email",
        locale=reporter.locale,
        resident_id=reporter.pk,
        subject_kind="case",
        subject_id=case.pk,
        context={"reference": case.reference, "title": case.title, **(context or {})},
        secret_context=secret_context or {},
    )
    queue_messages(drafts=[draft], at=at)
    return True
