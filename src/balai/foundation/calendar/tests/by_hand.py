"""A second, slow reading of the law, day by day and minute by minute, to hold the quick one against."""

from datetime import date, datetime, time, timedelta

from balai.foundation.calendar.rules import WorkCalendar

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def hours_of(day: date, calendar: WorkCalendar) -> tuple[tuple[int, int], ...]:
    """Return the spans of one day; none on a day off."""
    return () if day in calendar.closed_days else calendar.week[day.weekday()]


def is_open(at: datetime, calendar: WorkCalendar) -> bool:
    """Return whether the minute that begins at ``at`` (city time) is worked."""
    minute = at.hour * 60 + at.minute
    return any(first <= minute < last for first, last in hours_of(at.date(), calendar))


def day_of_receipt(at: datetime, calendar: WorkCalendar) -> date:
    """Return the day that counts as day of receipt."""
    day = at.date()
    spans = hours_of(day, calendar)
    if spans and at.hour * 60 + at.minute < min(spans[-1][1], 1439):
        return day
    day += DAY
    while not hours_of(day, calendar):
        day += DAY
    return day


def end_of_working_days(at: datetime, count: int, calendar: WorkCalendar) -> datetime:
    """Return closing time of the ``count``-th open day after receipt, in city time."""
    day = day_of_receipt(at, calendar)
    while count:
        day += DAY
        if hours_of(day, calendar):
            count -= 1
    closing = hours_of(day, calendar)[-1][1]
    if closing == 1440:
        return datetime.combine(day, time(23, 59, 59), at.tzinfo)
    return datetime.combine(day, time(closing // 60, closing % 60), at.tzinfo)


def after_working_minutes(at: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """Return the end of the ``minutes``-th worked minute from ``at`` on; ``at`` is a whole minute."""
    while True:
        if is_open(at, calendar):
            minutes -= 1
            if minutes == 0:
                return at + MINUTE
        at += MINUTE


def worked_minutes(since: datetime, until: datetime, calendar: WorkCalendar) -> int:
    """Return how many whole minutes are worked between two whole minutes."""
    count = 0
    while since < until:
        count += is_open(since, calendar)
        since += MINUTE
    return count
