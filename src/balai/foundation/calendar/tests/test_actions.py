"""Days and hours on a real database."""

from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from balai.foundation.calendar import actions, national, queries
from balai.foundation.calendar.models import CalendarEdit, CalendarVersion, Holiday, Schedule
from balai.foundation.calendar.rules import OFFICE_5, BadWeek, Term, deadline
from balai.foundation.calendar.rules.edits import Editor
from balai.foundation.calendar.tests.calendars import BREAKS, wib

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
FIVE_DAYS = Term(amount=5, unit="working_days")


def due(start: str) -> datetime:
    return deadline(start=wib(start), term=FIVE_DAYS, calendar=queries.work_calendar())


def test_before_set_up_the_usual_office_week_counts() -> None:
    calendar = queries.work_calendar()
    assert (calendar.week, calendar.version, calendar.closed_days) == (OFFICE_5, 0, frozenset())


def test_a_calendar_costs_one_query_until_an_edit(django_assert_num_queries: Any) -> None:
    actions.ensure_default_schedules(at=AT)
    actions.load_holidays(years=[2026], at=AT)
    first = queries.work_calendar()
    with django_assert_num_queries(1):
        assert queries.work_calendar() is first
    assert due("2026-03-16 10:00") == wib("2026-03-30 16:00")
    actions.add_city_day(day=date(2026, 3, 26), name="Hari jadi kota", at=AT)
    assert due("2026-03-16 10:00") == wib("2026-03-31 16:00")
    assert queries.work_calendar().version > first.version


def test_a_restored_backup_does_not_repeat_a_version() -> None:
    versions = set()
    for _ in range(20):
        sid = transaction.savepoint()
        actions.add_city_day(day=date(2026, 3, 26), name="Hari jadi kota", at=AT)
        versions.add(queries.work_calendar().version)
        transaction.savepoint_rollback(sid)
    assert len(versions) == 20


def test_default_schedules_are_made_once_and_never_overwritten() -> None:
    assert actions.ensure_default_schedules(at=AT) == 3
    always = Schedule.objects.get(slug="always")
    actions.set_week(schedule=always, week=BREAKS, name="Posko", works_on_holidays=False, at=AT)
    assert actions.ensure_default_schedules(at=AT) == 0
    assert Schedule.objects.get(slug="always").name == "Posko"
    assert Schedule.objects.get(is_default=True).slug == "office-5"
    with pytest.raises(IntegrityError), transaction.atomic():
        Schedule.objects.filter(slug="always").update(is_default=True)


def test_a_schedule_of_its_own_counts_for_a_unit() -> None:
    actions.ensure_default_schedules(at=AT)
    actions.load_holidays(years=[2026], at=AT)
    six = queries.work_calendar(schedule_id=Schedule.objects.get(slug="office-6").pk)
    assert deadline(start=wib("2026-11-27 10:00"), term=FIVE_DAYS, calendar=six) == wib("2026-12-03 16:00")
    always = queries.work_calendar(schedule_id=Schedule.objects.get(slug="always").pk)
    assert always.closed_days == frozenset()
    with pytest.raises(queries.UnknownSchedule):
        queries.work_calendar(schedule_id=0)


def test_the_city_s_time_zone_counts() -> None:
    actions.set_time_zone(time_zone="Asia/Jayapura")
    version = CalendarVersion.objects.get().version
    assert queries.work_calendar().time_zone == "Asia/Jayapura"
    actions.set_time_zone(time_zone="Asia/Jayapura")
    assert CalendarVersion.objects.get().version == version


def test_loading_knows_leave_marks_what_is_provisional_and_repeats_nothing() -> None:
    years = range(2020, 2028)
    loaded = actions.load_holidays(years=years, at=AT)
    assert loaded.added == Holiday.objects.count() > 190
    assert actions.load_holidays(years=years, at=AT) == actions.Loaded(unchanged=loaded.added)
    leave = Holiday.objects.get(date=date(2026, 3, 20))
    assert (leave.kind, leave.provisional) == ("collective_leave", False)
    assert "1497/2025" in leave.decree
    assert set(Holiday.objects.filter(date__year=2027).values_list("provisional", flat=True)) == {True}
    assert not Holiday.objects.filter(name__contains="perkiraan").exists()
    # both election days rest on decisions of their own
    assert Holiday.objects.get(date=date(2024, 2, 14)).decree == ""


def test_loading_leaves_alone_what_staff_edited() -> None:
    actions.load_holidays(years=[2026], at=AT)
    leave = Holiday.objects.get(date=date(2026, 12, 24))
    actions.change_day(
        holiday=leave, name="Cuti bersama Natal", decree="SE Wali Kota 7/2026", provisional=False, applies=False, at=AT
    )
    own = actions.add_city_day(day=date(2026, 4, 1), name="Hari jadi kota", at=AT)
    loaded = actions.load_holidays(years=[2026], at=AT)
    assert (loaded.added, loaded.changed, loaded.gone, loaded.kept) == (0, 0, 0, 2)
    leave.refresh_from_db()
    assert (leave.decree, leave.applies) == ("SE Wali Kota 7/2026", False)
    assert Holiday.objects.filter(pk=own.pk).exists()
    assert date(2026, 12, 24) not in queries.work_calendar().closed_days


def test_loading_takes_back_what_the_list_no_longer_has(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.load_holidays(years=[2027], at=AT)
    known = national.national_days(year=2027)
    moved = [day for day in known if day.date != date(2027, 3, 9)]
    monkeypatch.setattr("balai.foundation.calendar.actions.days.national_days", lambda *, year: moved)
    assert actions.load_holidays(years=[2027], at=AT) == actions.Loaded(unchanged=len(moved), gone=1)


@pytest.mark.parametrize("year", [2019, 2031])
def test_years_without_leave_are_not_loaded_by_halves(year: int) -> None:
    with pytest.raises(national.UnknownYear):
        actions.load_holidays(years=[2026, year], at=AT)
    assert not Holiday.objects.exists()


def test_a_day_is_off_once_and_only_the_city_s_own_can_be_removed() -> None:
    actions.load_holidays(years=[2026], at=AT)
    with pytest.raises(actions.DayTaken) as taken:
        actions.add_city_day(day=date(2026, 12, 25), name="Natal", at=AT)
    with pytest.raises(actions.NotACityDay):
        actions.remove_city_day(holiday=taken.value.holiday, at=AT)
    own = actions.add_city_day(day=date(2026, 4, 1), name="Hari jadi kota", by=Editor(id=7, name="Ani"), at=AT)
    actions.remove_city_day(holiday=own, by=Editor(id=8, name="Budi"), at=AT)
    assert not Holiday.objects.filter(date=date(2026, 4, 1)).exists()
    removed, added = CalendarEdit.objects.filter(subject="day:2026-04-01")
    assert (added.editor_id, removed.editor_id) == (7, 8)
    assert (added.editor_name, removed.editor_name) == ("Ani", "Budi")
    assert removed.before["name"] == "Hari jadi kota"


def test_an_edit_that_changes_nothing_leaves_no_trace() -> None:
    actions.ensure_default_schedules(at=AT)
    own = actions.add_city_day(day=date(2026, 4, 1), name="Hari jadi kota", at=AT)
    version, edits = CalendarVersion.objects.get().version, CalendarEdit.objects.count()
    actions.change_day(holiday=own, name="Hari jadi kota", decree="", provisional=False, applies=True, at=AT)
    row = Schedule.objects.get(slug="office-5")
    actions.set_week(schedule=row, week=OFFICE_5, name=row.name, works_on_holidays=False, at=AT)
    assert (CalendarVersion.objects.get().version, CalendarEdit.objects.count()) == (version, edits)


def test_hours_that_are_no_week_are_never_stored() -> None:
    actions.ensure_default_schedules(at=AT)
    row = Schedule.objects.get(slug="office-5")
    with pytest.raises(BadWeek):
        actions.set_week(schedule=row, week=((),) * 7, name="", works_on_holidays=False, at=AT)
    with pytest.raises(actions.NameTaken):
        actions.create_schedule(slug="office-5", name="Kantor", week=OFFICE_5, at=AT)
    made = actions.create_schedule(slug="puskesmas", name="Puskesmas", week=BREAKS, at=AT)
    assert queries.work_calendar(schedule_id=made.pk).week == BREAKS


def test_the_commands_load_and_add() -> None:
    out = StringIO()
    call_command("calendar", "load-holidays", "--years", "2025-2026", stdout=out)
    assert "2025-2026: 53 added" in out.getvalue()
    call_command("calendar", "add-day", "2026-04-01", "Hari jadi kota", "--decree", "Perda 1/2000", stdout=out)
    assert Holiday.objects.get(date=date(2026, 4, 1)).decree == "Perda 1/2000"
    with pytest.raises(CommandError, match="sudah libur"):
        call_command("calendar", "add-day", "2026-12-25", "Natal")
    with pytest.raises(CommandError, match="2031"):
        call_command("calendar", "load-holidays", "--years", "2031")


def test_the_default_span_of_years_is_all_that_is_known() -> None:
    assert national.years_offered()[:8] == list(range(2020, 2028))
