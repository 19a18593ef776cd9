"""When one can come with an appointment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from balai.foundation.calendar.rules import WorkCalendar

# A hall that keeps this much for people without an appointment takes no appointments.
WHOLE_SHARE = 100


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time at which somebody can come; ``free`` is how many more fit."""

    at: datetime
    free: int


def slots_of_day(
    *,
    day: date,
    calendar: WorkCalendar,
    minutes: int,
    capacity: int,
    taken: Mapping[datetime, int],
    after: datetime,
) -> tuple[Slot, ...]:
    """Return the slots of a day of the city, earliest first; none on a day off.

    A slot begins every ``minutes`` within the opening hours and ends within them; it holds ``capacity`` people, of
    which ``taken`` are gone. What begins at or before ``after`` is over. The breaks of the opening hours hold none.
    """
    if minutes < 1 or capacity < 1 or day in calendar.closed_days:
        return ()
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    found = []
    for first, last in calendar.week[day.weekday()]:
        for start in range(first, last - minutes + 1, minutes):
            at = midnight + timedelta(minutes=start)
            if at > after:
                found.append(Slot(at=at, free=max(0, capacity - taken.get(at, 0))))
    return tuple(found)


def takes_appointments(*, walk_in_share: int) -> bool:
    """Return whether a hall that keeps ``walk_in_share`` per cent for people without an appointment takes any."""
    return walk_in_share < WHOLE_SHARE


def slot_capacity(*, counters: int, minutes: int, usual_minutes: float, walk_in_share: int) -> int:
    """Return how many appointments fit into a slot: what the counters can serve, less the share kept for walk-ins.

    ``walk_in_share`` in per cent. At least one, so that a small hall takes appointments too; none where everything is
    kept for walk-ins.
    """
    if usual_minutes <= 0 or counters < 1 or not takes_appointments(walk_in_share=walk_in_share):
        return 0
    served = counters * minutes / usual_minutes
    return max(1, int(served * (100 - walk_in_share) / 100))
