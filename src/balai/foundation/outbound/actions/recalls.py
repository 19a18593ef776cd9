"""Tell outside systems that what they took in counts no more: taken back, ended, corrected since, done here by hand."""

import json
import random
from datetime import datetime

from balai.foundation.outbound.actions.webhooks import CLAIMED_FOR, in_a_round
from balai.foundation.outbound.client import NotDelivered, send
from balai.foundation.outbound.models import HandOver
from balai.foundation.outbound.rules.pauses import pause_of_hand_over
from balai.foundation.outbound.rules.signatures import sign_with_all

BATCH = 20
# ends that the outside does not know of by itself
UNKNOWN_TO_THEM = (HandOver.State.DROPPED, HandOver.State.REPLACED, HandOver.State.GIVEN_UP)
# a client's error that passes by itself; any other says that they understand no such message, however often it comes
PASSING = (408, 425, 429)


def is_theirs(row: HandOver) -> bool:
    """Return whether an outside system may have a hand-over: it took it in, or a try ended without our knowing how."""
    return row.taken_at is not None or row.tries > 0


def send_recalls(*, at: datetime) -> int:
    """Tell what waits to be told and is due; return how many were tried. Several workers may do it at once."""
    due = HandOver.objects.filter(recall_at__lte=at, system__active=True)
    tried = 0
    for row in in_a_round(list(due.select_related("system").order_by("recall_at", "pk")[:BATCH])):
        claimed = HandOver.objects.filter(pk=row.pk, recall_at=row.recall_at)
        if claimed.update(recall_at=at + CLAIMED_FOR):
            _tell_them(row, at=at)
            tried += 1
    return tried


def _tell_them(row: HandOver, *, at: datetime) -> None:
    body = json.dumps({"key": str(row.key), "step": row.step, "turn": row.turn, "state": "withdrawn"}).encode()
    message_id = f"withdrawn_{row.key.hex}"
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": f"{row.key}-withdrawn",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign_with_all(row.system.secrets_at(at), message_id=message_id, at=at, body=body),
    }
    try:
        answer = send(address=row.system.address, body=body, headers=headers)
        status = answer.status
        problem = "" if 200 <= status < 300 else f"bad_status: {status}"
        is_heard = 200 <= status < 300 or (400 <= status < 500 and status not in PASSING)
    except NotDelivered as error:
        problem, is_heard = str(error), False
    row.recall_tries += 1
    pause = pause_of_hand_over(row.recall_tries, jitter=random.random())
    # only while the claim is ours: what reached them meanwhile has to be told anew
    HandOver.objects.filter(pk=row.pk, recall_at=at + CLAIMED_FOR).update(
        recall_tries=row.recall_tries,
        problem=problem[:240],
        recall_at=None if is_heard else at + pause,
        recalled_at=at if is_heard else None,
    )
