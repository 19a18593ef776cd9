"""Keep the totals equal to the matters."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from balai.engines.cases.models import Case, DirtyMonth, MonthDuration, MonthTotal
from balai.engines.cases.rules.totals import Outcome, Tally, tally
from balai.foundation.places.queries import city_day, current_city

# names this use among the advisory locks of the database
MONTH_LOCKS = 0x6D6F6E  # "mon"
OUTCOME_COLUMNS = (
    "kind",
    "received_at",
    "closed_at",
    "state_class",
    "first_answered_at",
    "answered_in_time",
    "on_time",
    "confirmed",
    "rating",
    "reopened_count",
    "unit_id",
    "category_id",
    "district_id",
    "village_id",
)


def next_month(month: date) -> date:
    """Return the first day of the month after ``month``."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def mark_month(*, received_at: datetime, at: datetime) -> None:
    """Note that the totals of the month of receipt must be computed anew; marking twice does nothing."""
    month = city_day(received_at).replace(day=1)
    DirtyMonth.objects.bulk_create([DirtyMonth(month=month, since=at)], ignore_conflicts=True)


def outcomes_of(*, month: date, time_zone: str) -> list[Outcome]:
    """Return the matters received in one month (city time)."""
    zone = ZoneInfo(time_zone)
    start = datetime(month.year, month.month, 1, tzinfo=zone)
    after = next_month(month)
    end = datetime(after.year, after.month, 1, tzinfo=zone)
    rows: Iterator[tuple[Any, ...]] = (
        Case.objects.filter(received_at__gte=start, received_at__lt=end)
        .values_list(*OUTCOME_COLUMNS, "privacy")
        .iterator(chunk_size=5_000)
    )
    return [Outcome(*row) for row in rows]


def _hold_month(month: date) -> None:
    """Let two processes refresh the same month one after another; held until the transaction ends."""
    if connection.vendor == "postgresql":
        # a month has no row of its own that always exists; SQLite has one writer at a time anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MONTH_LOCKS, month.toordinal()])


@transaction.atomic
def refresh_month(*, month: date) -> None:
    """Compute one month's totals from its matters and put them in place of the old ones.

    The worker, an import and a rebuild may do it at once: who comes second waits and counts anew.
    """
    _hold_month(month)
    # taken away first: a change that commits while we count marks the month again
    DirtyMonth.objects.filter(month=month).delete()
    zone = current_city().time_zone
    found = tally(outcomes_of(month=month, time_zone=zone), time_zone=zone)
    MonthTotal.objects.filter(month=month).delete()
    MonthDuration.objects.filter(month=month).delete()
    MonthTotal.objects.bulk_create([_total(key, counts) for key, counts in found.items()], batch_size=1_000)
    MonthDuration.objects.bulk_create(
        [
            MonthDuration(kind=kind, month=at, dimension=dimension, key=key, days=days, count=count)
            for (kind, at, dimension, key), counts in found.items()
            for days, count in counts.days.items()
        ],
        batch_size=1_000,
    )


def _total(place: tuple[str, date, str, int], counts: Tally) -> MonthTotal:
    kind, month, dimension, key = place
    numbers = {name: value for name, value in vars(counts).items() if name != "days"}
    return MonthTotal(kind=kind, month=month, dimension=dimension, key=key, **numbers)


def refresh_totals(*, at: datetime) -> int:
    """Refresh every month that changed and return how many; called by the worker every few seconds."""
    months = list(DirtyMonth.objects.order_by("month").values_list("month", flat=True))
    for month in months:
        refresh_month(month=month)
    return len(months)


def refresh_months_of(*, moments: Iterable[datetime]) -> int:
    """Compute the totals of the months in which ``moments`` lie and return how many; for imports."""
    zone = ZoneInfo(current_city().time_zone)
    months = {moment.astimezone(zone).date().replace(day=1) for moment in moments}
    for month in sorted(months):
        refresh_month(month=month)
    return len(months)


def rebuild_totals() -> int:
    """Compute all months anew, whatever is marked, and return how many there are."""
    first = Case.objects.order_by("received_at").values_list("received_at", flat=True).first()
    last = Case.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    if first is None or last is None:
        return 0
    zone = ZoneInfo(current_city().time_zone)
    month = first.astimezone(zone).date().replace(day=1)
    count = 0
    while month <= last.astimezone(zone).date():
        refresh_month(month=month)
        month = next_month(month)
        count += 1
    return count
