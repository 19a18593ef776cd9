"""Between rows and the values that the rules work on."""

from typing import Any

from balai.engines.cases.models import Case, Clock
from balai.engines.cases.rules.evolution import ClockState, Matter
from balai.foundation.calendar.rules import Term

CLOCK_FIELDS = (
    "name",
    "started_at",
    "due_at",
    "original_due_at",
    "paused_at",
    "paused_seconds",
    "extensions",
    "stopped_at",
    "met",
    "next_step",
    "next_step_at",
)
MATTER_FIELDS = (
    "state",
    "state_class",
    "unit_id",
    "received_at",
    "updated_at",
    "assignee_id",
    "resume_state",
    "first_answered_at",
    "closed_at",
    "promised_at",
    "due_at",
    "on_time",
    "answered_in_time",
    "confirmed",
    "rating",
    "reopened_count",
    "escalation_level",
    "merged_into_id",
)


def case_fields(matter: Matter) -> dict[str, Any]:
    """Return the columns of ``Case`` that project ``matter``."""
    return {name: getattr(matter, name) for name in MATTER_FIELDS} | {"is_open": matter.is_open}


def clock_state(row: Clock) -> ClockState:
    """Return a stored clock as a value."""
    return ClockState(id=row.pk, term=Term.from_json(row.term), **{name: getattr(row, name) for name in CLOCK_FIELDS})


def clock_values(*, case_id: int, clock: ClockState) -> dict[str, Any]:
    """Return the columns of ``Clock`` for a clock, without its key."""
    return {
        "case_id": case_id,
        "term": clock.term.to_json(),
        **{name: getattr(clock, name) for name in CLOCK_FIELDS},
    }


def clock_row(*, case_id: int, clock: ClockState) -> Clock:
    """Return a clock as an unsaved or stored row."""
    return Clock(pk=clock.id, **clock_values(case_id=case_id, clock=clock))


def matter_of(case: Case, clocks: list[Clock]) -> Matter:
    """Return a stored case with its clocks (in order of start) as a value."""
    return Matter(
        clocks=tuple(clock_state(row) for row in clocks),
        **{name: getattr(case, name) for name in MATTER_FIELDS},
    )
