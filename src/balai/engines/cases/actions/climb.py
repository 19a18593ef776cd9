"""Let overdue matters climb: handler, head, secretary, mayor. Run by the clock, each rung once."""

import logging
from datetime import datetime

from balai.engines.cases.actions.change import climb_one
from balai.engines.cases.models import Clock

logger = logging.getLogger(__name__)
BATCH = 200


def climb_ladders(*, at: datetime) -> int:
    """Climb every rung that is due and return how many matters were touched; each matter in its own commit."""
    due = (
        Clock.objects.filter(next_step_at__lte=at)
        .order_by("next_step_at")
        .values_list("case_id", flat=True)
        .distinct()[:BATCH]
    )
    touched = 0
    for case_id in dict.fromkeys(due):
        try:
            touched += climb_one(case_id=case_id, at=at)
        except Exception:
            # one matter that cannot climb must not hold back the others; it is tried again on the next round
            logger.exception("case %s could not climb", case_id)
    return touched
