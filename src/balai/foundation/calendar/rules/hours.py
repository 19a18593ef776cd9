"""Opening hours of a day as people write them: ``07.30–12.00, 13.00–16.00``."""

import re
from collections.abc import Iterable

from balai.foundation.calendar.rules.weeks import MINUTES_IN_DAY, BadWeek, Interval

_SPAN = re.compile(r"\s*(\d{1,2})[.:](\d{2})\s*(?:-|–|—|s\.?d\.?)\s*(\d{1,2})[.:](\d{2})\s*", re.ASCII)


def read_hours(text: str) -> tuple[Interval, ...]:
    """Return the intervals that a line of opening hours names, in minutes after midnight; empty text: closed.

    :raises BadWeek: with reason ``bad_hours`` or ``overlap``.
    """
    if not text.strip():
        return ()
    found: list[Interval] = []
    for part in re.split(r"[,;]", text):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise BadWeek("bad_hours")
        from_hour, from_minute, to_hour, to_minute = (int(number) for number in match.groups())
        first, last = from_hour * 60 + from_minute, to_hour * 60 + to_minute
        if from_minute > 59 or to_minute > 59 or not first < last <= MINUTES_IN_DAY:
            raise BadWeek("bad_hours")
        if found and first < found[-1][1]:
            raise BadWeek("overlap")
        found.append((first, last))
    return tuple(found)


def write_hours(intervals: Iterable[Iterable[int]]) -> str:
    """Return intervals as :func:`read_hours` reads them."""
    return ", ".join(f"{_clock(first)}–{_clock(last)}" for first, last in intervals)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}.{minutes % 60:02d}"
