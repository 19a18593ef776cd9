"""When a hall is open, as people say it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from balai.foundation.calendar.rules import Interval, WorkCalendar

Break = tuple[datetime, datetime]


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


def breaks_ahead(calendar: WorkCalendar, *, at: datetime) -> tuple[Break, ...]:
    """Return the breaks between the hours of the day at ``at`` that are still to come, in order.

    One that has begun is left out: who works in it does so, and whoever rests has closed the counter.
    """
    here = at.astimezone(calendar.zone)
    hours = calendar.week[here.weekday()]

    def moment(minutes: int) -> datetime:
        return (datetime.combine(here.date(), time(), calendar.zone) + timedelta(minutes=minutes)).astimezone(UTC)

    found = ((moment(closes), moment(opens)) for (_from, closes), (opens, _to) in pairwise(hours))
    return tuple(each for each in found if each[0] > at)


def after_breaks(moment: datetime, breaks: Sequence[Break]) -> datetime:
    """Return when somebody is called whose turn comes at ``moment``: nobody is in a break."""
    return next((ends for begins, ends in breaks if begins <= moment < ends), moment)
