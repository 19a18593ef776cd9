"""What a report will be promised, worked out before it is sent by the same rules as afterwards."""

from dataclasses import dataclass
from datetime import datetime

from balai.engines.cases.actions.kinds import kind_at, newest_version
from balai.engines.cases.rules.evolution import receive
from balai.engines.cases.rules.kinds import CaseKind
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import Term
from balai.foundation.calendar.words import describe_term
from balai.modules.complaints.queries.set_up import SetUp
from balai.modules.complaints.rules.routing import Route


@dataclass(frozen=True)
class Promised:
    """One promise: ``label`` of the clock in two languages, by when, within which term and by what rule."""

    label_id: str
    label_en: str
    due_at: datetime
    term: Term

    @property
    def words(self) -> str:
        """Return the term as a person says it."""
        return describe_term(self.term)


@dataclass(frozen=True)
class Promise:
    """Who gets a report and what they must do by when. ``because`` is ``rule``, ``category`` or ``central``."""

    kind: CaseKind
    unit_name: str
    because: str
    rule_name: str
    clocks: tuple[Promised, ...]


def promise_for(*, kind_slug: str, where: Route, known: SetUp, at: datetime) -> Promise:
    """Return what the city will promise for a report of this kind that goes where ``where`` says at ``at``."""
    kind = kind_at(kind_slug, newest_version(kind_slug))
    unit = known.units[where.unit_id]
    matter = receive(
        kind=kind,
        unit_id=unit.pk,
        is_central_desk=where.because == "central",
        received_at=at,
        calendar=work_calendar(schedule_id=unit.schedule_id),
    )
    because, _colon, rule_id = where.because.partition(":")
    rules = {str(rule.id): rule.name for rule in known.rules}
    return Promise(
        kind=kind,
        unit_name=unit.name,
        because=because,
        rule_name=rules.get(rule_id, ""),
        clocks=tuple(
            Promised(plan.label_id, plan.label_en, clock.due_at, clock.term)
            for clock in matter.clocks
            for plan in (kind.clock(clock.name),)
            if plan.promise
        ),
    )
