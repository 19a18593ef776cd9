"""The code that opens a conversation together with the reference."""

import secrets
from datetime import datetime

from django.db import transaction

from balai.engines.cases.events import CodeRenewed, stream_of
from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_hash
from balai.foundation.events.actions import publish
from balai.foundation.events.facts import Fact
from balai.foundation.events.rules import Actor, Head
from balai.foundation.identity.rules import new_access_code


@transaction.atomic
def renew_code(*, case_id: int, at: datetime) -> str:
    """Return a new code for a matter; the old one stops working. The caller has opened the conversation."""
    # locked: the event must follow the newest one
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    code = new_access_code(secrets.randbelow)
    head = publish(
        stream=stream_of(case.reference),
        head=Head(case.seq, case.chain_hash),
        facts=[Fact(event=CodeRenewed(), actor=Actor("resident", case.reporter_id))],
        at=at,
    )
    case.seq, case.chain_hash = head.seq, head.hash
    case.code_hash = code_hash(reference=case.reference, code=code)
    case.save(update_fields=["seq", "chain_hash", "code_hash"])
    return code
