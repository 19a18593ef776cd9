"""Reach the reporter: the way back to the report, the language of messages."""

from datetime import datetime

from balai.engines.cases.actions.letters import write_to_reporter
from balai.engines.cases.models import Case


def send_own_link(*, case: Case, at: datetime) -> bool:
    """Queue the number and the address to the reporter's e-mail; return False when there is none."""
    return write_to_reporter(case=case, template="complaint_link", what=f"case:{case.pk}:link:{at:%Y%m%d%H%M%S}", at=at)
