"""Read the calendar: once for each version and process, then from memory."""

from collections.abc import Sequence
from threading import Lock

from django.conf import settings
from django.db import connection

from balai.foundation.calendar.models import CalendarEdit, CalendarVersion, Holiday, Schedule
from balai.foundation.calendar.rules import OFFICE_5, Week, WorkCalendar

_kept: dict[tuple[int, int | None], WorkCalendar] = {}
_lock = Lock()
_NEWEST_VERSION = f"SELECT version, time_zone FROM {CalendarVersion._meta.db_table} ORDER BY id LIMIT 1"  # noqa: S608 - our table
# More than any city has schedules; older versions go first.
_KEPT_AT_MOST = 64


class UnknownSchedule(LookupError):
    """There is no schedule with this number."""


def work_calendar(*, schedule_id: int | None = None) -> WorkCalendar:
    """Return the calendar of a schedule, of the default one when None; one query while nothing was edited.

    Before set-up has stored any hours, the usual office week is the default.

    :raises UnknownSchedule: if the schedule does not exist.
    """
    with connection.cursor() as cursor:
        # ready-made: every promise asks this, and building the statement costs more than running it
        cursor.execute(_NEWEST_VERSION)
        row = cursor.fetchone()
    if row is None:
        # never kept: without a version nobody would notice an edit
        return _read(schedule_id, version=0, time_zone=settings.TIME_ZONE)
    version, time_zone = row
    found = _kept.get((version, schedule_id))
    if found is not None:
        return found
    calendar = _read(schedule_id, version=version, time_zone=time_zone)
    with _lock:
        while len(_kept) >= _KEPT_AT_MOST:
            _kept.pop(next(iter(_kept)))
        return _kept.setdefault((version, schedule_id), calendar)


def _read(schedule_id: int | None, *, version: int, time_zone: str) -> WorkCalendar:
    rows = Schedule.objects.filter(is_default=True) if schedule_id is None else Schedule.objects.filter(pk=schedule_id)
    schedule = rows.first()
    if schedule is None and schedule_id is not None:
        raise UnknownSchedule(schedule_id)
    week: Week = OFFICE_5 if schedule is None else schedule.week
    works_always = schedule is not None and schedule.works_on_holidays
    closed = () if works_always else Holiday.objects.filter(applies=True).values_list("date", flat=True)
    return WorkCalendar(week=week, closed_days=frozenset(closed), time_zone=time_zone, version=version)


def holidays_of(*, year: int) -> list[Holiday]:
    """Return the days off of a year in order, with those on which the city works all the same."""
    return list(Holiday.objects.filter(date__year=year))


def years_with_holidays() -> list[int]:
    """Return the years for which days off are stored, in order."""
    return [day.year for day in Holiday.objects.dates("date", "year")]


def schedules() -> list[Schedule]:
    """Return all schedules, the default first."""
    return list(Schedule.objects.order_by("-is_default", "name"))


def latest_edits(*, most: int = 20) -> Sequence[CalendarEdit]:
    """Return the newest edits of days and hours."""
    return list(CalendarEdit.objects.all()[:most])
