"""Reach the reporter: the way back to the report, the language of messages."""

from datetime import datetime

from balai.engines.cases.models import Case
from balai.foundation.messages.actions import Draft, queue_messages


def send_own_link(*, case: Case, at: datetime) -> bool:
    """Queue the number and the address to the reporter's e-mail; return False when there is none."""
    reporter = case.reporter
    if reporter is None or not reporter.email:
        return False
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"case:{case.pk}:link:{at:%Y%m%d%H%M%S}:email",
                template="complaint_link",
                channel="email",
                locale=reporter.locale,
                resident_id=reporter.pk,
                subject_kind="case",
                subject_id=case.pk,
                context={"reference": case.reference, "title": case.title},
            )
        ],
        at=at,
    )
    return True
