"""The code that opens a conversation together with the reference."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from balai.engines.cases.events import CodeRenewed, stream_of
from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_hash
from balai.engines.cases.queries.own import case_for_code
from balai.engines.cases.rules.references import tidy_reference
from balai.foundation.events.actions import publish
from balai.foundation.events.facts import Fact
from balai.foundation.events.rules import Actor, Head
from balai.foundation.identity.rules import new_access_code
from balai.foundation.limits.actions import check_count, count_up
from balai.foundation.limits.rules import line_of

# What keeps a code from being guessed is its length: 31^8, more than eight hundred thousand million (39.6 bits), and
# ten wrong ones an hour at one number from one line. A hundred thousand lines that do nothing else need half a century
# for even odds. There is no limit of a number for everybody: numbers are public, and whoever knows one would lock its
# reporter out.
WRONG_FROM_ONE_LINE = 10
HOUR = timedelta(hours=1)


def open_with_code(*, number: str, code: str, address: str, at: datetime) -> Case | None:
    """Return the matter that number and code open together; only wrong tries are counted, each for who made it.

    ``address`` is the caller's address of the network. The caller limits how many tries one address has in all.

    :raises TooMany: after ten wrong codes in an hour from there, the right code too.
    """
    reference = tidy_reference(number)[:16]
    own = f"code:wrong-from:{line_of(address)}:{reference}"
    check_count(key=own, limit=WRONG_FROM_ONE_LINE, per=HOUR, at=at)
    case = case_for_code(number=reference, code=code)
    if case is None:
        count_up(key=own, per=HOUR, at=at)
    return case


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
