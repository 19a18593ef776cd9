"""Close the days that are over."""

from datetime import date, datetime, timedelta

from django.db import transaction

from balai.foundation.places.queries import city_day
from balai.modules.queue.actions._hall import held
from balai.modules.queue.models import Counter, Hall, HallDay, Ticket
from balai.modules.queue.queries import IN_HALL, day_figures

State = Ticket.State
CONTACT_KEPT = timedelta(days=7)
DAYS_SUMMED = 400


def close_days(*, at: datetime) -> int:
    """Close what is left of days that are over, write their sums, let go of contacts; return how many days."""
    today = city_day(at)
    for hall_id, day in _left_open(before=today):
        with transaction.atomic():
            hall = held(hall_id, booking=True)
            left = Ticket.objects.filter(hall_id=hall_id, day=day)
            if not hall.keeper_hash:
                # nobody pressed "done" before the lights went out: who was served, was served
                left.filter(state=State.SERVING).update(state=State.DONE, ended_at=at, counter=None)
                left.filter(state__in=(State.WAITING, State.CALLED)).update(
                    state=State.NO_SHOW, ended_at=at, counter=None
                )
            # a building that says later that somebody came is believed
            left.filter(state=State.BOOKED).update(state=State.CANCELLED, ended_at=at)
    for counter in Counter.objects.filter(officer__isnull=False, sat_at__isnull=False):
        # whoever sat there yesterday does not sit there now
        if counter.sat_at is not None and city_day(counter.sat_at) < today:
            Counter.objects.filter(pk=counter.pk, sat_at=counter.sat_at).update(officer=None, paused=False)
    Ticket.objects.filter(resident__isnull=False, day__lt=city_day(at - CONTACT_KEPT)).update(resident=None)
    return sum_days(before=today)


def _left_open(*, before: date) -> list[tuple[int, date]]:
    """Return (hall, day) of what was not closed. Two questions, so that each is answered from a partial index."""
    over = Ticket.objects.filter(day__lt=before).values_list("hall_id", "day")
    booked = over.filter(state=State.BOOKED)
    in_hall = over.filter(state__in=IN_HALL, hall__keeper_hash="")
    return sorted({*booked.distinct(), *in_hall.distinct()})


def sum_days(*, before: date) -> int:
    """Write the sums of days that are over and have none yet; return how many.

    Only the last 400 days are looked at, as many as the open data gives, and of them those that have no sum: the index
    of a hall's days answers this, where asking for all days would read every ticket there ever was.
    """
    last = [before - timedelta(days=ago) for ago in range(1, DAYS_SUMMED + 1)]
    known = set(HallDay.objects.filter(day__gte=last[-1]).values_list("hall_id", "day"))
    fresh = []
    for hall in Hall.objects.all():
        open_days = [day for day in last if (hall.pk, day) not in known]
        days = Ticket.objects.filter(hall=hall, day__in=open_days).values_list("day", flat=True).distinct()
        fresh += [HallDay(hall=hall, day=day, **vars(day_figures(hall, day=day))) for day in days]
    HallDay.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
