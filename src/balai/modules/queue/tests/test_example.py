"""The halls of the example city."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from balai.engines.catalogs.models import Record
from balai.foundation.calendar import clock
from balai.foundation.calendar.models import CalendarVersion, Schedule
from balai.foundation.units.models import Unit
from balai.modules.queue import queries
from balai.modules.queue.example import DAYS, HALLS, load_days, load_halls
from balai.modules.queue.models import Hall, HallDay, Ticket

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)


def progress(done: int, total: int) -> None:
    assert done <= total


def load(*parts: Any) -> None:
    CalendarVersion.objects.get_or_create(defaults={"time_zone": "Asia/Jakarta"})
    for given in HALLS:
        unit = Unit.objects.create(slug=given["unit"], name=given["unit"], short_name="D", kind="agency")
        for slug, *_rest in given["errands"]:
            Record.objects.create(kind="service", slug=slug, unit=unit, name_id=slug, created_at=clock.now())
    for part in parts:
        part(seed=1, today=TODAY, size=0, progress=progress)


def test_nobody_is_booked_into_the_break_or_the_friday_prayer(now: Any) -> None:
    load(load_halls)
    # one schedule for all halls
    assert {hall.schedule for hall in Hall.objects.all()} == {Schedule.objects.get(name="Jam loket")}
    for hall in Hall.objects.all():
        errand = queries.errands_of(hall)[0]
        for day, ends, begins in (
            (date(2026, 11, 26), time(12), time(13)),
            (date(2026, 11, 27), time(11, 30), time(13)),
        ):
            slots = queries.slots(hall, day=day, errands=[errand], at=clock.now())
            minutes = timedelta(minutes=hall.slot_minutes)
            times = [(localtime(slot.at).time(), localtime(slot.at + minutes).time()) for slot in slots]
            assert times[0][0] == time(8)
            assert times[-1][1] == time(15)
            assert all(end <= ends or begin >= begins for begin, end in times)


def test_the_played_days_end_when_the_doors_close(now: Any) -> None:
    load(load_halls, load_days)
    assert HallDay.objects.count() == len(HALLS) * DAYS
    for ticket in Ticket.objects.all():
        assert ticket.since is not None
        assert ticket.ended_at is not None
        assert time(8) <= localtime(ticket.since).time() < time(14)
        # who drew a number is served, if the day was full a little after closing
        assert localtime(ticket.ended_at).time() <= time(16)
    assert all(day.longest_wait is not None and day.longest_wait < 3 * 3600 for day in HallDay.objects.all())
