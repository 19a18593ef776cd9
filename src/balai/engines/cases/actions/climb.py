"""Let overdue matters climb: handler, head, secretary, mayor. Run by the clock, each rung once."""

import logging
from datetime import datetime

from django.db import transaction

from balai.engines.cases.actions.change import Held, hold, make_change, store
from balai.engines.cases.events import escalations
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.rules.evolution import ChangeRefused, Given, climb
from balai.foundation.events.rules import SYSTEM

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


@transaction.atomic
def climb_one(*, case_id: int, at: datetime) -> bool:
    """Climb the due rungs of one matter and return whether there were any."""
    held = hold(case_id=case_id)
    after, rungs = climb(matter=held.matter, kind=held.kind, at=at, calendar=held.calendar)
    if not rungs:
        return False
    # also without a fact: a rung whose change turns out impossible counts as climbed, or the clock would ask for ever
    store(held=held, after=after, facts=escalations(rungs), at=at)
    for rung in rungs:
        if rung.change:
            _system_change(case_id=held.case.pk, name=rung.change, at=at)
    return True


def _system_change(*, case_id: int, name: str, at: datetime) -> Case | None:
    held: Held = hold(case_id=case_id)
    try:
        return make_change(held=held, row=held.kind.change(name), given=Given(), actor=SYSTEM, at=at)
    except ChangeRefused:
        logger.warning("case %s: system change %s is not possible from %s", case_id, name, held.matter.state)
        return None
