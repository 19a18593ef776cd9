"""Read a hall: who waits, which counters work, how long it takes, how good the estimates were."""

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Count, QuerySet

from balai.foundation.calendar.queries import work_calendar
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.rules import tidy_code
from balai.foundation.places.queries import city_day
from balai.foundation.units.rules import Authority
from balai.modules.queue.keeping import keeping
from balai.modules.queue.models import Counter, Errand, Hall, HallDay, Serving, SlotCount, Ticket
from balai.modules.queue.rules.estimate import Desk, Estimate, ServingTime, accuracy, estimate_wait
from balai.modules.queue.rules.hours import Break, OpenDays, breaks_ahead, opening_days
from balai.modules.queue.rules.line import Waiting
from balai.modules.queue.rules.slots import Slot, slot_capacity, slots_of_day, takes_appointments

State = Ticket.State
IN_HALL = (State.WAITING, State.CALLED, State.SERVING)
# somebody who has no number yet stands behind all who have
LAST = 2**63
# calls that a screen shows beside the newest
SHOWN_CALLS = 6


def token_hash(token: str) -> str:
    """Return the keyed hash under which a ticket's code is kept."""
    kept = keeping()
    # a key of its own, so that a computer in a building can read codes without the city's other keys
    key = kept.ticket_key if kept else ticket_key()
    digest = hmac.new(key.encode(), tidy_code(token).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()


def ticket_key() -> str:
    """Return the key under which this installation hashes the codes of tickets."""
    return blind_index("queue-ticket", "key")


def halls() -> list[Hall]:
    """Return the halls that are open to the public, by name."""
    return list(Hall.objects.filter(active=True).select_related("unit"))


def hall_named(slug: str) -> Hall | None:
    """Return a hall in use, None where there is none of that name."""
    return Hall.objects.filter(slug=slug, active=True).select_related("unit").first()


def halls_of(*, authority: Authority, permissions: Iterable[str]) -> QuerySet[Hall]:
    """Return the halls of the agencies for which somebody holds one of the permissions."""
    grants = [grant for permission in permissions for grant in authority.grants_for(permission)]
    rows = Hall.objects.select_related("unit")
    if any(grant.unit_ids is None for grant in grants):
        return rows
    return rows.filter(unit_id__in={pk for grant in grants for pk in grant.unit_ids or ()})


def errands_of(hall: Hall) -> list[Errand]:
    """Return what people may come for, by letter."""
    return list(Errand.objects.filter(hall=hall, active=True).select_related("record"))


def errands_in_order(ids: Sequence[int]) -> list[Errand]:
    """Return errands in the order of their keys as given; no statement for none."""
    if not ids:
        return []
    found = Errand.objects.select_related("record").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def serving_time(errand: Errand) -> ServingTime:
    """Return how long an errand takes here: learnt, or what the hall's people say."""
    if errand.mean is None or errand.variance is None:
        return ServingTime.usual(errand.usual_minutes)
    return ServingTime(errand.mean, errand.variance, errand.served)


@dataclass(frozen=True, kw_only=True)
class Now:
    """A hall at one moment: the tickets in it, the counters at work and the serving times."""

    hall: Hall
    at: datetime
    tickets: Sequence[Ticket]
    counters: Sequence[Counter]
    errands: Mapping[int, Errand]
    serves: Mapping[int, frozenset[int]]

    @property
    def waiting(self) -> list[Ticket]:
        """Return who waits, longest first."""
        return [ticket for ticket in self.tickets if ticket.state == State.WAITING]

    @property
    def at_work(self) -> list[Counter]:
        """Return the counters where somebody sits who takes people."""
        return [counter for counter in self.counters if counter.officer_id is not None and not counter.paused]

    def served_at(self, counter: Counter) -> Ticket | None:
        """Return the ticket that is called to or served at a counter."""
        return next(
            (ticket for ticket in self.tickets if ticket.counter_id == counter.pk and ticket.state != State.WAITING),
            None,
        )

    def lines(self) -> list[Waiting]:
        """Return who waits as the rules read them."""
        return [as_waiting(ticket) for ticket in self.waiting]

    def wait_of(self, ticket: Ticket) -> Estimate | None:
        """Return how long somebody will wait; ``ticket`` may be one that is not in the hall yet."""
        return estimate_wait(
            me=as_waiting(ticket),
            waiting=self.lines(),
            desks=[self._desk(counter) for counter in self.at_work],
            times={pk: serving_time(errand) for pk, errand in self.errands.items()},
            ordinary_since_priority=self.hall.calls_since_priority,
            every=self.hall.priority_every,
            breaks=self._breaks,
            at=self.at,
        )

    @cached_property
    def _breaks(self) -> tuple[Break, ...]:
        if keeping() is not None:
            # hours are kept at the city, and a line that is kept in the building goes on without them
            return ()
        return breaks_ahead(work_calendar(schedule_id=self.hall.schedule_id), at=self.at)

    def _desk(self, counter: Counter) -> Desk:
        ticket = self.served_at(counter)
        return Desk(
            key=counter.pk,
            errands=self.serves.get(counter.pk, frozenset()),
            errand=ticket.errand_id if ticket else None,
            since=(ticket.serving_at or ticket.called_at) if ticket else None,
        )

    def ahead_of(self, ticket: Ticket) -> int:
        """Return how many wait for the same errands and came before."""
        mine = {pk for served in self.serves.values() if ticket.errand_id in served for pk in served} or {
            ticket.errand_id
        }
        return sum(
            other.errand_id in mine and other.pk != ticket.pk and (other.since, other.pk) < (ticket.since, ticket.pk)
            for other in self.waiting
            if other.since is not None and ticket.since is not None
        )


def as_waiting(ticket: Ticket) -> Waiting:
    """Return a ticket as the rule of the line reads it."""
    return Waiting(
        key=ticket.pk or LAST,
        errand=ticket.errand_id,
        since=ticket.since or ticket.created_at,
        priority=ticket.priority,
        slot=ticket.slot,
        is_back=ticket.is_back,
    )


def now_in(hall: Hall, *, at: datetime) -> Now:
    """Return a hall as it is; four statements, however many wait."""
    counters = list(hall.counters.filter(active=True).select_related("officer"))
    serves: dict[int, set[int]] = defaultdict(set)
    for counter_id, errand_id in Counter.errands.through.objects.filter(counter__hall=hall).values_list(
        "counter_id", "errand_id"
    ):
        serves[counter_id].add(errand_id)
    tickets = list(Ticket.objects.filter(hall=hall, day=city_day(at), state__in=IN_HALL).order_by("since", "pk"))
    errands = {errand.pk: errand for errand in Errand.objects.filter(hall=hall).select_related("record")}
    for ticket in tickets:
        # the page names it, and it is here already
        ticket.errand = errands[ticket.errand_id]
    return Now(
        hall=hall,
        at=at,
        tickets=tickets,
        counters=counters,
        errands=errands,
        serves={pk: frozenset(found) for pk, found in serves.items()},
    )


def ticket_of(token: str) -> Ticket | None:
    """Return the ticket that a code opens, None for a wrong one."""
    return (
        Ticket.objects.filter(token_hash=token_hash(token))
        .select_related("hall__unit", "errand__record", "counter", "resident")
        .first()
    )


def latest_calls(hall: Hall, *, at: datetime) -> list[Ticket]:
    """Return the last calls of today, newest first."""
    return list(
        Ticket.objects.filter(hall=hall, day=city_day(at), called_at__isnull=False)
        .select_related("counter")
        .order_by("-called_at", "-pk")[:SHOWN_CALLS]
    )


@dataclass(frozen=True)
class Opening:
    """When a hall is open: its days of the week, and whether today would be one but is a day off."""

    days: tuple[OpenDays, ...]
    is_day_off: bool


def openings(found: Iterable[Hall], *, at: datetime) -> dict[int, Opening]:
    """Return when halls are open, by hall (pk)."""
    if keeping() is not None:
        # hours and days off are kept at the city; a building would say the usual office week
        return {}
    today, rows = city_day(at), list(found)
    calendars = {pk: work_calendar(schedule_id=pk) for pk in {hall.schedule_id for hall in rows}}
    known = {
        pk: Opening(
            days=opening_days(calendar.week),
            is_day_off=today in calendar.closed_days and bool(calendar.week[today.weekday()]),
        )
        for pk, calendar in calendars.items()
    }
    return {hall.pk: known[hall.schedule_id] for hall in rows}


def days_to_book(hall: Hall, *, at: datetime) -> list[date]:
    """Return the open days for which appointments are taken, today first while the hall has not closed."""
    if not takes_appointments(walk_in_share=hall.walk_in_share):
        return []
    today, calendar = city_day(at), work_calendar(schedule_id=hall.schedule_id)
    days = [today + timedelta(days=ahead) for ahead in range(hall.days_ahead + 1)]
    here = at.astimezone(calendar.zone)
    hours = calendar.week[today.weekday()]
    if hours and here.hour * 60 + here.minute >= hours[-1][1]:
        days = days[1:]
    return [day for day in days if calendar.week[day.weekday()] and day not in calendar.closed_days]


def slots(hall: Hall, *, day: date, errands: Iterable[Errand], at: datetime) -> tuple[Slot, ...]:
    """Return the slots of a day in which all of ``errands`` can be served one after the other."""
    capacity = capacity_of(hall, errands)
    taken = dict(SlotCount.objects.filter(hall=hall, at__gt=at).values_list("at", "taken"))
    return slots_of_day(
        day=day,
        calendar=work_calendar(schedule_id=hall.schedule_id),
        minutes=hall.slot_minutes,
        capacity=capacity,
        taken=taken,
        after=at,
    )


def capacity_of(hall: Hall, errands: Iterable[Errand]) -> int:
    """Return how many appointments fit into a slot: what the fewest counters that serve one of the errands can do."""
    wanted = list(errands)
    counts = dict(
        Counter.errands.through.objects.filter(
            counter__hall=hall, counter__active=True, errand__in=[each.pk for each in wanted]
        )
        .values_list("errand_id")
        .annotate(n=Count("counter_id"))
    )
    return min(
        (
            slot_capacity(
                counters=counts.get(errand.pk, 0),
                minutes=hall.slot_minutes,
                usual_minutes=serving_time(errand).mean / 60,
                walk_in_share=hall.walk_in_share,
            )
            for errand in wanted
        ),
        default=0,
    )


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """One day of a hall, computed from its tickets; seconds."""

    tickets: int
    served: int
    no_shows: int
    median_wait: float | None
    longest_wait: float | None
    judged: int
    median_error: float | None
    median_share: float | None
    within: float | None


def day_figures(hall: Hall, *, day: date) -> DayFigures:
    """Compute how a day was from its tickets."""
    rows = list(
        Ticket.objects.filter(hall=hall, day=day)
        .exclude(state__in=(State.BOOKED, State.CANCELLED))
        .values_list("state", "waited", "said_middle", "said_low", "said_high")
    )
    waits = sorted(waited for _state, waited, *_said in rows if waited is not None)
    judged = accuracy(
        (Estimate(middle, low, high), waited)
        for _state, waited, middle, low, high in rows
        if waited is not None and middle is not None and low is not None and high is not None
    )
    return DayFigures(
        tickets=len(rows),
        served=sum(state == State.DONE for state, *_rest in rows),
        no_shows=sum(state == State.NO_SHOW for state, *_rest in rows),
        median_wait=waits[len(waits) // 2] if waits else None,
        longest_wait=waits[-1] if waits else None,
        judged=judged.count if judged else 0,
        median_error=judged.median_seconds if judged else None,
        median_share=judged.median_share if judged else None,
        within=judged.within if judged else None,
    )


def hall_days(hall: Hall, *, most: int = 30) -> list[HallDay]:
    """Return how the last days were, newest first."""
    return list(HallDay.objects.filter(hall=hall).order_by("-day")[:most])


@dataclass(frozen=True, kw_only=True)
class CounterLine:
    """What a counter did on a day: people served and their mean minutes."""

    number: int
    served: int
    minutes: float


def counter_lines(hall: Hall, *, day: date) -> list[CounterLine]:
    """Return what every counter did on a day."""
    found: dict[int, list[float]] = defaultdict(list)
    rows = Serving.objects.filter(ticket__hall=hall, ticket__day=day).values_list(
        "counter__number", "began_at", "ended_at"
    )
    for number, began, ended in rows:
        found[number].append((ended - began).total_seconds() / 60)
    return [
        CounterLine(number=number, served=len(minutes), minutes=sum(minutes) / len(minutes))
        for number, minutes in sorted(found.items())
    ]


def booked_today(hall: Hall, *, at: datetime) -> list[Ticket]:
    """Return today's appointments whose holders have not come yet, earliest first."""
    return list(
        Ticket.objects.filter(hall=hall, day=city_day(at), state=State.BOOKED)
        .select_related("errand__record")
        .order_by("slot", "pk")
    )


def waiting_counts(*, at: datetime) -> dict[int, int]:
    """Return how many wait in each hall today."""
    waiting = Ticket.objects.filter(day=city_day(at), state=State.WAITING)
    return dict(waiting.values_list("hall_id").annotate(n=Count("pk")))
