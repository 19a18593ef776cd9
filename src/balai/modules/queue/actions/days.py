"""Close the days that are over."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from balai.foundation.places.queries import city_day
from balai.modules.queue.actions._hall import held
from balai.modules.queue.models import Counter, Hall, HallDay, Ticket
from balai.modules.queue.queries import IN_HALL, day_figures

State = Ticket.State
CONTACT_KEPT = timedelta(days=7)


def close_days(*, at: datetime) -> int:
    """Close what is left of days that are over, write their sums, let go of contacts; return how many days."""
    today = city_day(at)
    for hall_id, day in (
        Ticket.objects.filter(Q(state=State.BOOKED) | Q(hall__keeper_hash="", state__in=IN_HALL), day__lt=today)
        .values_list("hall_id", "day")
        .distinct()
    ):
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


def sum_days(*, before: date) -> int:
    """Write the sums of days that are over and have none yet; return how many."""
    known = set(HallDay.objects.values_list("hall_id", "day"))
    days = Ticket.objects.filter(day__lt=before).values_list("hall_id", "day").distinct()
    halls = {hall.pk: hall for hall in Hall.objects.all()}
    fresh = [
        HallDay(hall=halls[hall_id], day=day, **vars(day_figures(halls[hall_id], day=day)))
        for hall_id, day in days
        if (hall_id, day) not in known
    ]
    HallDay.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
