"""When a hall is open, as people say it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from balai.foundation.calendar.rules import Interval


@dataclass(frozen=True)
class OpenDays:
    """Days in a row with the same hours: ``first`` to ``last`` (Monday is 0), ``hours`` in minutes after midnight."""

    first: int
    last: int
    hours: tuple[Interval, ...]


def opening_days(week: Iterable[Iterable[Interval]]) -> tuple[OpenDays, ...]:
    """Return the open days of a week, Monday first; days in a row with the same hours are one, closed days none."""
    found: list[OpenDays] = []
    for weekday, day in enumerate(week):
        hours = tuple((first, last) for first, last in day)
        if found and found[-1].last == weekday - 1 and found[-1].hours == hours:
            found[-1] = replace(found[-1], last=weekday)
        elif hours:
            found.append(OpenDays(weekday, weekday, hours))
    return tuple(found)
