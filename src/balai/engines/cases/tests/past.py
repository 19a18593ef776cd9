"""Random pasts: histories that walk the kind's own table, seeded."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from balai.engines.cases.actions.kinds import kind_at, newest_version
from balai.engines.cases.bulk import CaseHistory, PastStep, tell
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.engines.cases.rules.kinds import Change
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.events.rules import Actor

NOW = MORNING + timedelta(days=200)


def _given(change: Change, desk: SmallDesk, random: Random) -> Given:
    values: dict[str, Any] = {
        "text": f"Kabar {random.randrange(100)}",
        "reason": "not_our_task",
        "basis": "UU 25/2009",
        "unit": random.choice((desk.works.pk, desk.water.pk)),
        "assignee": random.choice((desk.sari.pk, desk.budi.pk)),
        "rating": random.randint(1, 5),
        "proof": random.randint(1, 3),
    }
    names = {"unit": "unit_id", "assignee": "assignee_id", "proof": "proofs"}
    wanted = [*change.needs, *(name for name in change.may_have if random.random() < 0.5)]
    return Given(**{names.get(name, name): values[name] for name in wanted})


def random_histories(desk: SmallDesk, *, count: int, seed: int) -> list[CaseHistory]:
    """Return histories of up to eight steps over half a year, with late ones, closed ones, reopened ones."""
    random = Random(seed)
    version = newest_version("complaint")
    kind = kind_at("complaint", version)
    changes = [change for change in kind.changes if change.who != "system" and change.name != "merge"]
    actors = {"staff": Actor("staff", desk.sari.pk, 1), "reporter": Actor("resident")}
    histories = []
    for _ in range(count):
        place = random.choice(
            ((desk.west_village.pk, desk.west.pk), (desk.east_village.pk, desk.east.pk), (None, None))
        )
        history = CaseHistory(
            kind=kind,
            kind_version=version,
            category_id=random.choice((desk.road.pk, desk.shelter.pk)),
            unit_id=random.choice((desk.works.pk, desk.water.pk)),
            is_central_desk=random.random() < 0.3,
            routed_by="category",
            received_at=MORNING + timedelta(minutes=random.randrange(60 * 24 * 100)),
            text="Jalan berlubang",
            channel=random.choice(("web", "counter")),
            privacy=random.choice(("named", "named", "secret", "anonymous")),
            calendar=work_calendar(),
            village_id=place[0],
            district_id=place[1],
            until=NOW,
        )
        at = history.received_at
        for _step in range(random.randrange(8)):
            at += timedelta(minutes=random.choice((5, 600, 6_000, 30_000)))
            # a step that the table does not allow here is left out
            tried = [*changes]
            random.shuffle(tried)
            for change in tried:
                step = PastStep(at=at, change=change.name, actor=actors[change.who], given=_given(change, desk, random))
                longer = replace(history, steps=(*history.steps, step))
                try:
                    tell(longer, reference="26-AAAA-AAAA")
                except ChangeRefused:
                    continue
                history = longer
                break
        histories.append(history)
    return histories
