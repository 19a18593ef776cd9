"""Deadlines: when a promise is due, what a pause and an extension do to it, which share of it has passed.

Everything is exact to the microsecond; moments come back in UTC.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta

from balai.foundation.calendar.rules.terms import Term
from balai.foundation.calendar.rules.weeks import LAST_SECOND, MICROS_IN_MINUTE, WorkCalendar

MICROS_IN_HOUR = 60 * MICROS_IN_MINUTE
_MICROSECOND = timedelta(microseconds=1)


def deadline(*, start: datetime, term: Term, calendar: WorkCalendar) -> datetime:
    """Return when a promise of ``term`` that begins at ``start`` is due.

    - ``minutes``, ``clock_hours``: that much later, day or night.
    - ``working_hours``: that much open time later; a moment outside hours counts as the next opening.
    - ``working_days``: when the office closes on the n-th open day after the day of receipt; what comes outside
      hours is received at the next opening. ``counts_first_day`` makes the day of receipt day one.
    - ``calendar_days``: with the last second of the n-th day after the day of receipt, in city time. The law counts
      days (*hari*), not hours: a term ends with its last day, not at the hour at which it began.

    Which unit a promise has, and by which article, is the term's own (``term.source``).

    :raises NeverOpen: if the calendar has not enough open days.
    """
    match term.unit:
        case "working_days":
            day, micros = _city_time(start, calendar)
            steps = term.amount - 1 if term.counts_first_day else term.amount
            return _closing_after(day, micros, steps, calendar)
        case "working_hours":
            return _advance(start, term.amount * MICROS_IN_HOUR, calendar)
        case "calendar_days":
            local = start.astimezone(calendar.zone)
            days = term.amount - 1 if term.counts_first_day else term.amount
            return max(start.astimezone(UTC), _moment(local.toordinal() + days, LAST_SECOND, calendar))
        case "clock_hours":
            return start.astimezone(UTC) + timedelta(hours=term.amount)
        case "minutes":
            return start.astimezone(UTC) + timedelta(minutes=term.amount)


def extend_due(*, due: datetime, term: Term, calendar: WorkCalendar) -> datetime:
    """Return a due moment moved on by ``term``; always later than ``due``.

    Working days end at closing time of the n-th open day after the due day, the other units are added as they are:
    a day of an extension counts in full, so ``counts_first_day`` has no meaning here.

    :raises NeverOpen: if the calendar has not enough open days.
    """
    match term.unit:
        case "working_days":
            day, _ = _city_time(due, calendar)
            index = calendar.index(day=day, open_days=term.amount + 1)
            last = bisect_right(index.days, day) - 1 + term.amount
            return _closing(index.days[last], calendar)
        case "working_hours":
            return _advance(due, term.amount * MICROS_IN_HOUR, calendar)
        case "calendar_days":
            day, micros = _city_time(due, calendar)
            return _moment(day + term.amount, micros, calendar)
        case "clock_hours":
            return due.astimezone(UTC) + timedelta(hours=term.amount)
        case "minutes":
            return due.astimezone(UTC) + timedelta(minutes=term.amount)


def resume_due(
    *, due: datetime, paused_at: datetime, resumed_at: datetime, term: Term, calendar: WorkCalendar
) -> datetime:
    """Return the due moment after a pause; never earlier than ``due``.

    Units of working time keep the working time that was left when the pause began, so a pause over a weekend gives
    nothing away; the others move by the length of the pause. A promise that was broken before the pause stays broken.

    :raises ValueError: if the pause ends before it begins.
    """
    if resumed_at < paused_at:
        raise ValueError("a pause cannot end before it begins")
    if paused_at >= due:
        return due
    if not term.counts_working_time:
        return due.astimezone(UTC) + (resumed_at - paused_at)
    left = _worked(due, calendar) - _worked(paused_at, calendar)
    return max(due, _advance(resumed_at, left, calendar)) if left > 0 else due


def moment_at_share(*, start: datetime, due: datetime, share: float, term: Term, calendar: WorkCalendar) -> datetime:
    """Return the moment at which ``share`` (0–1) of the time between ``start`` and ``due`` has passed.

    Units of working time count open time only, so the moment lies within opening hours.

    :raises ValueError: if ``share`` is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share!r}")
    if share == 0 or due <= start:
        return start
    if share == 1:
        return due
    if not term.counts_working_time:
        return start + (due - start) * share
    total = _worked(due, calendar) - _worked(start, calendar)
    if total <= 0:
        return due
    return min(due, _advance(start, max(1, round(total * share)), calendar))


def is_open(*, at: datetime, calendar: WorkCalendar) -> bool:
    """Return whether the office is open at ``at``; at the closing minute it is closed."""
    day, micros = _city_time(at, calendar)
    return _is_open_day(day, calendar) and any(a <= micros < b for a, b in calendar.hours[(day - 1) % 7])


def next_opening(*, at: datetime, calendar: WorkCalendar) -> datetime:
    """Return ``at`` itself while the office is open, else when it opens next, also after a break at noon.

    :raises NeverOpen: if it never opens again.
    """
    day, micros = _city_time(at, calendar)
    if _is_open_day(day, calendar):
        for first, last in calendar.hours[(day - 1) % 7]:
            if micros < last:
                return at.astimezone(UTC) if micros >= first else _moment(day, first, calendar)
    index = calendar.index(day=day, open_days=1)
    following = index.days[bisect_right(index.days, day)]
    return _moment(following, calendar.hours[(following - 1) % 7][0][0], calendar)


def working_time(*, since: datetime, until: datetime, calendar: WorkCalendar) -> timedelta:
    """Return the open time between two moments; negative if ``until`` is the earlier one."""
    return (_worked(until, calendar) - _worked(since, calendar)) * _MICROSECOND


def after_working_time(*, start: datetime, amount: timedelta, calendar: WorkCalendar) -> datetime:
    """Return the moment at which ``amount`` of open time has passed since ``start``; ``start`` itself for none."""
    micros = amount // _MICROSECOND
    return start if micros <= 0 else _advance(start, micros, calendar)


def _city_time(moment: datetime, calendar: WorkCalendar) -> tuple[int, int]:
    """Return a moment as ordinal of the day and microseconds after midnight, in city time."""
    local = moment.astimezone(calendar.zone)
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return local.toordinal(), seconds * 1_000_000 + local.microsecond


def _moment(day: int, micros: int, calendar: WorkCalendar) -> datetime:
    """Return the moment ``micros`` after midnight of an ordinal day of city time."""
    if micros >= LAST_SECOND + 1_000_000:
        day, micros = day + 1, micros - LAST_SECOND - 1_000_000
    seconds, micros = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    there = date.fromordinal(day)
    local = datetime(there.year, there.month, there.day, hour, minute, second, micros, tzinfo=calendar.zone)
    return local.astimezone(UTC)


def _is_open_day(day: int, calendar: WorkCalendar) -> bool:
    return bool(calendar.hours[(day - 1) % 7]) and date.fromordinal(day) not in calendar.closed_days


def _closing(day: int, calendar: WorkCalendar) -> datetime:
    return _moment(day, calendar.closings[(day - 1) % 7], calendar)


def _closing_after(day: int, micros: int, steps: int, calendar: WorkCalendar) -> datetime:
    """Return when the office closes ``steps`` open days after the day of receipt."""
    index = calendar.index(day=day, open_days=steps + 2)
    received = bisect_left(index.days, day)
    if index.days[received] == day and micros >= calendar.closings[(day - 1) % 7]:
        received += 1
    return _closing(index.days[received + steps], calendar)


def _worked(moment: datetime, calendar: WorkCalendar) -> int:
    """Return the microseconds worked before ``moment``, counted from a fixed day."""
    day, micros = _city_time(moment, calendar)
    index = calendar.index(day=day, open_days=1)
    place = bisect_left(index.days, day)
    worked = index.before[place]
    if index.days[place] == day:
        for first, last in calendar.hours[(day - 1) % 7]:
            if micros <= first:
                break
            worked += min(micros, last) - first
    return worked


def _advance(start: datetime, micros: int, calendar: WorkCalendar) -> datetime:
    """Return the moment at which ``micros`` of open time have passed since ``start``."""
    target = _worked(start, calendar) + micros
    day, _ = _city_time(start, calendar)
    open_days = 2
    while True:
        index = calendar.index(day=day, open_days=open_days)
        place = bisect_left(index.before, target) - 1
        if place < len(index.days):
            break
        open_days = open_days * 2 + len(index.days)
    ordinal = index.days[place]
    rest = target - index.before[place]
    for first, last in calendar.hours[(ordinal - 1) % 7]:
        if rest <= last - first:
            return _moment(ordinal, first + rest, calendar)
        rest -= last - first
    raise AssertionError("an open day is as long as its hours")
