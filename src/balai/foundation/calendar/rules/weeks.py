"""A week of opening hours with its days off, and the index that makes deadlines quick."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

Interval = tuple[int, int]
Week = tuple[tuple[Interval, ...], ...]

DAYS_IN_WEEK = 7
MINUTES_IN_DAY = 1440
MICROS_IN_MINUTE = 60_000_000
# A day that closes at 24.00 closes with its last second: "00.00" would name the day after.
LAST_SECOND = (MINUTES_IN_DAY * 60 - 1) * 1_000_000
# Years that an index covers at first; it grows when a date lies beyond.
FIRST_YEAR, LAST_YEAR = 2000, 2060
GROWTH_YEARS = 50
ANCHOR = date(FIRST_YEAR, 1, 1).toordinal()

_MON_THU: tuple[Interval, ...] = ((450, 960),)  # 07.30-16.00
_FRI: tuple[Interval, ...] = ((450, 990),)  # 07.30-16.30
_SATURDAY: tuple[Interval, ...] = ((450, 750),)  # 07.30-12.30
_ALL_DAY: tuple[Interval, ...] = ((0, MINUTES_IN_DAY),)
OFFICE_5: Week = (_MON_THU, _MON_THU, _MON_THU, _MON_THU, _FRI, (), ())
OFFICE_6: Week = (_MON_THU, _MON_THU, _MON_THU, _MON_THU, _FRI, _SATURDAY, ())
ALWAYS: Week = (_ALL_DAY,) * DAYS_IN_WEEK


class BadWeek(ValueError):
    """Opening hours that are no week. ``weekday``: 0 = Monday, None: the whole."""

    def __init__(self, reason: str, weekday: int | None = None) -> None:
        super().__init__(reason if weekday is None else f"{reason} (day {weekday})")
        self.reason = reason
        self.weekday = weekday


class NeverOpen(ValueError):
    """A calendar without an open day where one is needed: no deadline can be told."""


def check_week(week: Iterable[Iterable[Iterable[int]]]) -> Week:
    """Return ``week`` as tuples after proving it: seven days of ordered [from, to) minutes that do not overlap.

    :raises BadWeek: with reason ``not_seven_days``, ``bad_hours``, ``overlap`` or ``never_open``.
    """
    try:
        days = tuple(tuple((first, last) for first, last in day) for day in week)
    except (TypeError, ValueError) as error:
        raise BadWeek("bad_hours") from error
    if len(days) != DAYS_IN_WEEK:
        raise BadWeek("not_seven_days")
    for weekday, day in enumerate(days):
        before = 0
        for first, last in day:
            if not all(isinstance(minute, int) for minute in (first, last)) or not 0 <= first < last <= MINUTES_IN_DAY:
                raise BadWeek("bad_hours", weekday)
            if first < before:
                raise BadWeek("overlap", weekday)
            before = last
    if not any(days):
        raise BadWeek("never_open")
    return days


class DayIndex:
    """Open days of a stretch of years, with the working time that lies before each.

    ``days[i]`` is the ordinal of the i-th open day, ``before[i]`` the microseconds worked before it, counted from
    the anchor: an index of more years tells the same number, so numbers of two indexes may be compared.
    """

    __slots__ = ("before", "days", "first", "last")

    def __init__(self, *, week: Week, closed_days: frozenset[date], first_year: int, last_year: int) -> None:
        self.first = date(max(first_year, date.min.year), 1, 1).toordinal()
        self.last = date(min(last_year, date.max.year), 12, 31).toordinal()
        closed = {day.toordinal() for day in closed_days}
        # ordinal 1 was a Monday
        opens = [bool(week[(offset + self.first - 1) % DAYS_IN_WEEK]) for offset in range(DAYS_IN_WEEK)]
        self.days = [
            day
            for day in range(self.first, self.last + 1)
            if opens[(day - self.first) % DAYS_IN_WEEK] and day not in closed
        ]
        lengths = [sum(last - first for first, last in day) * MICROS_IN_MINUTE for day in week]
        sums = [0, *accumulate(lengths[(day - 1) % DAYS_IN_WEEK] for day in self.days)]
        anchor = sums[bisect_left(self.days, ANCHOR)]
        self.before = [worked - anchor for worked in sums]


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """When a unit works: its week, the days off and the city's time zone; ``version`` is the calendar's edition.

    ``week`` holds seven days, Monday first, each a tuple of [from, to) pairs in minutes after midnight.
    """

    week: Week
    closed_days: frozenset[date]
    time_zone: str
    version: int

    def __post_init__(self) -> None:
        """Prove the week.

        :raises BadWeek: as :func:`check_week`.
        """
        object.__setattr__(self, "week", check_week(self.week))

    # What follows is worked out once for each calendar and kept beside its fields: it takes no part in equality.

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def hours(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Return the week in microseconds after midnight."""
        return tuple(tuple((a * MICROS_IN_MINUTE, b * MICROS_IN_MINUTE) for a, b in day) for day in self.week)

    @cached_property
    def closings(self) -> tuple[int, ...]:
        """Return the closing time of each weekday in microseconds; 0 where it does not open."""
        return tuple(min(day[-1][1], LAST_SECOND) if day else 0 for day in self.hours)

    @cached_property
    def _first_index(self) -> DayIndex:
        return DayIndex(week=self.week, closed_days=self.closed_days, first_year=FIRST_YEAR, last_year=LAST_YEAR)

    def index(self, *, day: int, open_days: int = 0) -> DayIndex:
        """Return an index that holds ordinal ``day`` and ``open_days`` open days after it.

        :raises NeverOpen: if there are not so many before the calendar of the world ends.
        """
        found: DayIndex = self.__dict__.get("_grown_index") or self._first_index
        while True:
            reach = found.days[-1 - open_days] if len(found.days) > open_days else found.first - 1
            if found.first <= day < reach:
                return found
            found = self._grown(found, day)

    def _grown(self, found: DayIndex, day: int) -> DayIndex:
        first, last = date.fromordinal(found.first).year, date.fromordinal(found.last).year
        if day >= found.first and last >= date.max.year:
            raise NeverOpen(f"no open day after {date.fromordinal(day)}")
        if day < found.first:
            first = date.fromordinal(day).year - 1
        else:
            last = max(last, date.fromordinal(day).year) + GROWTH_YEARS
        grown = DayIndex(week=self.week, closed_days=self.closed_days, first_year=first, last_year=last)
        # another thread may have grown it too: either is right
        self.__dict__["_grown_index"] = grown
        return grown
