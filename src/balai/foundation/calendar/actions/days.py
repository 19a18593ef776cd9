"""Days off: load the national ones, add the city's own, change and remove."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from balai.foundation.calendar.actions._edits import move_version, note_edit
from balai.foundation.calendar.models import Holiday
from balai.foundation.calendar.national import NationalDay, national_days
from balai.foundation.calendar.rules.edits import SERVER, Editor

_LOADED_FIELDS = ("name", "kind", "decree", "provisional", "source")


class DayTaken(ValueError):
    """There is a day off on this date already; ``holiday`` is it."""

    def __init__(self, holiday: Holiday) -> None:
        super().__init__(str(holiday))
        self.holiday = holiday


class NotACityDay(ValueError):
    """A national day can be switched off for the city, but not removed."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading did, in days: ``kept`` were edited by staff and left alone, ``gone`` are no longer national."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    gone: int = 0


@transaction.atomic
def load_holidays(*, years: Iterable[int], at: datetime) -> Loaded:
    """Store the national days off and collective leave of ``years``; rows that staff edited are never touched.

    Running it twice changes nothing the second time. A day that an earlier loading took from the same list and that is
    no longer on it is deleted, such as a provisional date which the decree set otherwise.

    :raises UnknownYear: if the list has no days for a year.
    """
    wanted = {day.date: day for year in years for day in national_days(year=year)}
    covered = sorted({day.year for day in wanted})
    stored = {row.date: row for row in Holiday.objects.filter(date__year__in=covered)}
    fresh = [_row(day) for moment, day in wanted.items() if moment not in stored]
    ours = [row for row in stored.values() if row.edited_at is None and row.kind != Holiday.Kind.CITY]
    changed = [row for row in ours if row.date in wanted and _take_over(row, wanted[row.date])]
    gone = [row.pk for row in ours if row.date not in wanted]
    Holiday.objects.bulk_create(fresh)
    Holiday.objects.bulk_update(changed, _LOADED_FIELDS, batch_size=100)
    Holiday.objects.filter(pk__in=gone).delete()
    if fresh or changed or gone:
        move_version()
        note_edit(
            subject=f"national:{covered[0]}-{covered[-1]}",
            before={},
            after={"added": len(fresh), "changed": len(changed), "gone": len(gone)},
            by=SERVER,
            at=at,
        )
    present = len([row for row in ours if row.date in wanted])
    return Loaded(
        added=len(fresh),
        changed=len(changed),
        unchanged=present - len(changed),
        kept=len(stored) - len(ours),
        gone=len(gone),
    )


@transaction.atomic
def add_city_day(
    *, day: date, name: str, decree: str = "", provisional: bool = False, by: Editor = SERVER, at: datetime
) -> Holiday:
    """Add a day on which the city rests: an election, a day of its own.

    :raises DayTaken: if the date is off already.
    """
    taken = Holiday.objects.filter(date=day).first()
    if taken is not None:
        raise DayTaken(taken)
    row = Holiday.objects.create(
        date=day,
        name=name,
        kind=Holiday.Kind.CITY,
        decree=decree,
        provisional=provisional,
        edited_at=at,
    )
    move_version()
    note_edit(subject=f"day:{day}", before={}, after=_told(row), by=by, at=at)
    return row


@transaction.atomic
def change_day(
    *,
    holiday: Holiday,
    name: str,
    decree: str,
    provisional: bool,
    applies: bool,
    by: Editor = SERVER,
    at: datetime,
) -> Holiday:
    """Change a day off; ``applies=False`` means that the city works on it. From now on the row is the staff's."""
    row = Holiday.objects.select_for_update(of=("self",)).get(pk=holiday.pk)  # two officers, one trace each
    before = _told(row)
    row.name, row.decree, row.provisional, row.applies = name, decree, provisional, applies
    after = _told(row)
    if after == before:
        return row
    row.edited_at = at
    row.save()
    move_version()
    note_edit(subject=f"day:{row.date}", before=before, after=after, by=by, at=at)
    return row


@transaction.atomic
def remove_city_day(*, holiday: Holiday, by: Editor = SERVER, at: datetime) -> None:
    """Remove a day that the city itself had added.

    :raises NotACityDay: for a national day; switch it off with :func:`change_day`.
    """
    if holiday.kind != Holiday.Kind.CITY:
        raise NotACityDay(str(holiday))
    before = _told(holiday)
    deleted, _ = Holiday.objects.filter(pk=holiday.pk).delete()
    if deleted:
        move_version()
        note_edit(subject=f"day:{before['date']}", before=before, after={}, by=by, at=at)


def _row(day: NationalDay) -> Holiday:
    return Holiday(
        date=day.date,
        name=day.name,
        kind=day.kind,
        decree=day.decree,
        provisional=day.provisional,
        source=day.source,
    )


def _take_over(row: Holiday, day: NationalDay) -> bool:
    """Put the list's values into a row and return whether that changed it."""
    before = [getattr(row, field) for field in _LOADED_FIELDS]
    after = [getattr(day, field) for field in _LOADED_FIELDS]
    for field, value in zip(_LOADED_FIELDS, after, strict=True):
        setattr(row, field, value)
    return before != after


def _told(row: Holiday) -> dict[str, Any]:
    return {
        "date": row.date.isoformat(),
        "name": row.name,
        "kind": row.kind,
        "decree": row.decree,
        "provisional": row.provisional,
        "applies": row.applies,
    }
