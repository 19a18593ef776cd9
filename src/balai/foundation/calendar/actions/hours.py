"""Opening hours: the schedules that every city starts with, and their edits."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import override as language

from balai.foundation.calendar.actions._edits import move_version, note_edit
from balai.foundation.calendar.models import CalendarVersion, Schedule
from balai.foundation.calendar.rules.edits import SERVER, Editor
from balai.foundation.calendar.rules.weeks import ALWAYS, OFFICE_5, OFFICE_6, Week, check_week


class NameTaken(ValueError):
    """Another schedule has this short name."""


@transaction.atomic
def ensure_default_schedules(*, at: datetime) -> int:
    """Make the three schedules that every city starts with where they are missing; return how many were made.

    ``office-5`` is the default; ``office-6`` is for units that also work on Saturday; ``always`` is open day and night,
    days off included.
    """
    with language("id"):
        offered: tuple[tuple[str, str, Week, bool], ...] = (
            ("office-5", gettext("Office, five days"), OFFICE_5, False),
            ("office-6", gettext("Office, six days"), OFFICE_6, False),
            ("always", gettext("Day and night, every day"), ALWAYS, True),
        )
    present = set(Schedule.objects.values_list("slug", flat=True))
    has_default = Schedule.objects.filter(is_default=True).exists()
    made = [
        Schedule(
            slug=slug,
            name=name,
            week=week,
            works_on_holidays=works_always,
            is_default=slug == "office-5" and not has_default,
        )
        for slug, name, week, works_always in offered
        if slug not in present
    ]
    Schedule.objects.bulk_create(made)
    if made:
        move_version()
        note_edit(subject="schedules", before={}, after={"made": [row.slug for row in made]}, by=SERVER, at=at)
    return len(made)


@transaction.atomic
def create_schedule(
    *, slug: str, name: str, week: Week, works_on_holidays: bool = False, by: Editor = SERVER, at: datetime
) -> Schedule:
    """Make a further schedule.

    :raises BadWeek: if the week is none.
    :raises NameTaken: if another schedule has this ``slug``.
    """
    if Schedule.objects.filter(slug=slug).exists():
        raise NameTaken(slug)
    row = Schedule.objects.create(slug=slug, name=name, week=check_week(week), works_on_holidays=works_on_holidays)
    move_version()
    note_edit(subject=f"schedule:{slug}", before={}, after=_told(row), by=by, at=at)
    return row


@transaction.atomic
def set_week(
    *, schedule: Schedule, week: Week, name: str, works_on_holidays: bool, by: Editor = SERVER, at: datetime
) -> Schedule:
    """Change the hours of a schedule, for promises made from now on.

    :raises BadWeek: if the week is none.
    """
    checked = check_week(week)
    row = Schedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)  # two officers, one trace each
    before = _told(row)
    row.week, row.name, row.works_on_holidays = checked, name, works_on_holidays
    after = _told(row)
    if after == before:
        return row
    row.save()
    move_version()
    note_edit(subject=f"schedule:{row.slug}", before=before, after=after, by=by, at=at)
    return row


@transaction.atomic
def set_time_zone(*, time_zone: str) -> None:
    """Let the calendar run in the city's time zone; the city's set-up says which one that is.

    :raises ZoneInfoNotFoundError: if there is no such zone.
    """
    ZoneInfo(time_zone)
    if CalendarVersion.objects.filter(time_zone=time_zone).exists():
        return
    move_version(time_zone=time_zone)


def _told(row: Schedule) -> dict[str, object]:
    return {
        "name": row.name,
        "week": [[list(interval) for interval in day] for day in row.week],
        "works_on_holidays": row.works_on_holidays,
    }
