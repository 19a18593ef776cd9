"""End the day of a counter: count, compare, explain."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.payments.events import CounterClosed
from balai.foundation.payments.models import Bill, Closing
from balai.foundation.payments.rules.bills import counter_name
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.units.models import Unit


class ClosingRefused(Exception):
    """A day that cannot be closed. ``code``: closed_already, not_explained, not_over (the day lies ahead)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def cash_of(*, unit_id: int, counter: str, day: date) -> tuple[int, int]:
    """Return the rupiah and the number of bills that a counter took in cash on a day of the city."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(current_city().time_zone))
    taken = Bill.objects.filter(
        unit_id=unit_id,
        counter__iexact=counter_name(counter),
        method=Bill.Method.CASH,
        paid_at__gte=start,
        paid_at__lt=start + timedelta(days=1),
    ).aggregate(sum=Sum("amount_idr"), count=Count("pk"))
    return taken["sum"] or 0, taken["count"]


def close_day(
    *, unit_id: int, counter: str, day: date, counted_idr: int, note: str, user_id: int, actor: Actor, at: datetime
) -> Closing:
    """Write what was counted beside what the record says, and return the closing.

    :raises ClosingRefused: a second time, for a day to come, or when a difference is not explained.
    """
    if day > city_day(at):
        raise ClosingRefused("not_over")
    try:
        with transaction.atomic():
            # nobody takes money at the counter while it is counted
            Unit.objects.select_for_update(of=("self",)).get(pk=unit_id)
            recorded, bills = cash_of(unit_id=unit_id, counter=counter, day=day)
            if recorded != counted_idr and not note.strip():
                raise ClosingRefused("not_explained")
            made = Closing.objects.create(
                unit_id=unit_id,
                counter=counter_name(counter),
                day=day,
                recorded_idr=recorded,
                bills=bills,
                counted_idr=counted_idr,
                note=note.strip()[:300],
                closed_by_id=user_id,
                closed_at=at,
            )
            append(
                stream=f"counters:{unit_id}",
                event=CounterClosed(closing_id=made.pk, difference_idr=counted_idr - recorded),
                actor=actor,
                at=at,
            )
            return made
    except IntegrityError as error:
        raise ClosingRefused("closed_already") from error
