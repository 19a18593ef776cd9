"""Work at a counter: open it, call, begin, end, hand on, give up."""

from datetime import datetime

from django.db import IntegrityError, transaction

from balai.foundation.events.rules import Actor
from balai.foundation.places.queries import city_day
from balai.modules.queue.actions._hall import QueueRefused, held, tell, wanted_errands, write_to
from balai.modules.queue.events import CounterFreed, TicketCalled, TicketMissed, TicketServed
from balai.modules.queue.models import Counter, Errand, Hall, Serving, Ticket
from balai.modules.queue.queries import Now, now_in, serving_time
from balai.modules.queue.rules.line import next_in_line, spoken_number

State = Ticket.State
# somebody who is this far from the front is told to come near
NEAR = 2


def _counter(counter_id: int, user_id: int | None) -> tuple[Hall, Counter]:
    """Return a counter and its hall, locked, for the officer who sits there.

    :raises QueueRefused: ``not_yours`` for anybody else.
    """
    hall = held(Counter.objects.values_list("hall_id", flat=True).get(pk=counter_id))
    counter = Counter.objects.select_related("officer").get(pk=counter_id)
    if counter.officer_id is None or counter.officer_id != user_id:
        raise QueueRefused("not_yours")
    return hall, counter


@transaction.atomic
def sit_down(*, counter_id: int, user_id: int, at: datetime) -> Counter:
    """Open a counter: the officer sits there from now on, and nowhere else.

    :raises QueueRefused: ``busy`` if somebody else sits there, ``elsewhere`` if the officer serves somebody elsewhere,
        or sat down elsewhere at this very moment.
    """
    held(Counter.objects.values_list("hall_id", flat=True).get(pk=counter_id))
    counter = Counter.objects.get(pk=counter_id)
    if counter.officer_id not in (None, user_id):
        raise QueueRefused("busy")
    others = Counter.objects.filter(officer_id=user_id).exclude(pk=counter_id)
    if Ticket.objects.filter(counter__in=others, state__in=(State.CALLED, State.SERVING)).exists():
        raise QueueRefused("elsewhere")
    others.update(officer=None, paused=False)
    counter.officer_id, counter.paused, counter.sat_at = user_id, False, at
    try:
        with transaction.atomic():
            counter.save(update_fields=["officer", "paused", "sat_at"])
    except IntegrityError as twice:
        # the lock is one hall's: at another hall the same officer may sit down at the same moment
        raise QueueRefused("elsewhere") from twice
    return counter


@transaction.atomic
def leave(*, counter_id: int, user_id: int, at: datetime) -> Counter:
    """Close a counter.

    :raises QueueRefused: ``not_yours``; ``busy`` while somebody is served there.
    """
    _hall, counter = _counter(counter_id, user_id)
    if Ticket.objects.filter(counter=counter, state__in=(State.CALLED, State.SERVING)).exists():
        raise QueueRefused("busy")
    counter.officer, counter.paused = None, False
    counter.save(update_fields=["officer", "paused"])
    return counter


@transaction.atomic
def free_counter(*, counter_id: int, officer_id: int | None = None, actor: Actor, at: datetime) -> Counter:
    """Close a counter whose officer went away with somebody called or served; anybody of the hall may, by name.

    Whoever was called goes back to the front of the line. Whoever was served is done, or waits for their next errand;
    nobody knows how long it took, so nothing is learnt from it. ``officer_id`` is who was seen to sit there.

    :raises QueueRefused: ``moved_on`` if nobody sits there, or somebody else by now; ``kept``.
    """
    hall = held(Counter.objects.values_list("hall_id", flat=True).get(pk=counter_id))
    counter = Counter.objects.get(pk=counter_id)
    if counter.officer_id is None or officer_id not in (None, counter.officer_id):
        raise QueueRefused("moved_on")
    _end_of_days_before(counter, at=at)
    left = Ticket.objects.select_for_update(of=("self",)).filter(
        counter=counter, state__in=(State.CALLED, State.SERVING)
    )
    for ticket in left:
        if ticket.state == State.CALLED:
            ticket.state, ticket.is_back, ticket.calls = State.WAITING, True, 0
        elif ticket.rest:
            _go_on(ticket)
        else:
            ticket.state, ticket.ended_at = State.DONE, at
        ticket.counter = None
        ticket.save()
    counter.officer, counter.paused = None, False
    counter.save(update_fields=["officer", "paused"])
    tell(hall, CounterFreed(counter=counter.number), actor=actor, at=at)
    return counter


@transaction.atomic
def pause(*, counter_id: int, user_id: int, paused: bool, at: datetime) -> Counter:
    """Take nobody new for a while, or go on.

    :raises QueueRefused: ``not_yours``.
    """
    _hall, counter = _counter(counter_id, user_id)
    counter.paused = paused
    counter.save(update_fields=["paused"])
    return counter


@transaction.atomic
def call_next(*, counter_id: int, user_id: int, actor: Actor, at: datetime) -> Ticket:
    """Call whoever is next for a counter.

    :raises QueueRefused: ``not_yours``, ``busy`` while somebody is called or served there, ``nobody``.
    """
    hall, counter = _counter(counter_id, user_id)
    if counter.paused:
        raise QueueRefused("nobody")
    _end_of_days_before(counter, at=at)
    now = now_in(hall, at=at)
    if now.served_at(counter) is not None:
        raise QueueRefused("busy")
    chosen = next_in_line(
        now.lines(),
        errands=now.serves.get(counter.pk, frozenset()),
        ordinary_since_priority=hall.calls_since_priority,
        every=hall.priority_every,
        at=at,
    )
    if chosen is None:
        raise QueueRefused("nobody")
    ticket = next(ticket for ticket in now.tickets if ticket.pk == chosen.key)
    ticket.counter, ticket.state, ticket.called_at, ticket.is_back = counter, State.CALLED, at, False
    ticket.calls += 1
    if ticket.waited is None and ticket.since is not None:
        ticket.waited = (at - ticket.since).total_seconds()
    ticket.save(update_fields=["counter", "state", "called_at", "is_back", "calls", "waited"])
    if chosen.slot is None and not chosen.is_back:
        hall.calls_since_priority = 0 if chosen.priority else hall.calls_since_priority + 1
        hall.save(update_fields=["calls_since_priority"])
    _called(hall, counter, ticket, actor=actor, at=at)
    _tell_those_near(now, ticket, at=at)
    return ticket


def _end_of_days_before(counter: Counter, *, at: datetime) -> None:
    """End what still stands at a counter from a day that is over: the lights went out before somebody pressed "done"."""
    left = Ticket.objects.filter(counter=counter, day__lt=city_day(at))
    left.filter(state=State.SERVING).update(state=State.DONE, ended_at=at, counter=None)
    left.filter(state=State.CALLED).update(state=State.NO_SHOW, ended_at=at, counter=None)


def _called(hall: Hall, counter: Counter, ticket: Ticket, *, actor: Actor, at: datetime) -> None:
    number = spoken_number(ticket.letter, ticket.number or 0)
    tell(hall, TicketCalled(ticket_id=ticket.pk, number=number, counter=counter.number), actor=actor, at=at)
    write_to(ticket, "queue_called", at=at, counter=str(counter.number))


def _tell_those_near(now: Now, called: Ticket, *, at: datetime) -> None:
    """Tell those who are nearly at the front of the line of their own errands, once."""
    for ticket in now.waiting:
        if ticket.pk != called.pk and ticket.resident_id is not None and now.ahead_of(ticket) < NEAR:
            write_to(ticket, "queue_near", at=at)


def _at_counter(counter: Counter, *states: str) -> Ticket:
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("errand", "hall", "resident")
        .filter(counter=counter, state__in=states)
        .first()
    )
    if ticket is None:
        raise QueueRefused("moved_on")
    return ticket


@transaction.atomic
def call_again(*, counter_id: int, user_id: int, actor: Actor, at: datetime) -> Ticket:
    """Call the same number once more.

    :raises QueueRefused: ``not_yours``, ``moved_on``.
    """
    hall, counter = _counter(counter_id, user_id)
    ticket = _at_counter(counter, State.CALLED)
    ticket.calls += 1
    ticket.called_at = at
    ticket.save(update_fields=["calls", "called_at"])
    _called(hall, counter, ticket, actor=actor, at=at)
    return ticket


@transaction.atomic
def begin(*, counter_id: int, user_id: int, at: datetime) -> Ticket:
    """Begin to serve the person who was called: they are at the counter.

    :raises QueueRefused: ``not_yours``, ``moved_on``.
    """
    _hall, counter = _counter(counter_id, user_id)
    ticket = _at_counter(counter, State.CALLED)
    ticket.state, ticket.serving_at = State.SERVING, at
    ticket.save(update_fields=["state", "serving_at"])
    return ticket


@transaction.atomic
def finish(*, counter_id: int, user_id: int, actor: Actor, at: datetime) -> Ticket:
    """End an errand. A visit with more errands goes into the next line with the same number.

    :raises QueueRefused: ``not_yours``, ``moved_on``.
    """
    hall, counter = _counter(counter_id, user_id)
    ticket = _at_counter(counter, State.SERVING)
    began = ticket.serving_at or at
    Serving.objects.create(
        ticket=ticket,
        errand=ticket.errand,
        counter=counter,
        officer_id=user_id,
        began_at=began,
        ended_at=max(began, at),
    )
    _learn(ticket.errand, (at - began).total_seconds())
    more = bool(ticket.rest)
    number = spoken_number(ticket.letter, ticket.number or 0)
    tell(hall, TicketServed(ticket_id=ticket.pk, number=number, counter=counter.number, more=more), actor=actor, at=at)
    if more:
        _go_on(ticket)
    else:
        ticket.state, ticket.ended_at = State.DONE, at
    ticket.save()
    return ticket


def _go_on(ticket: Ticket) -> None:
    """Let a visit wait for its next errand, in line since it began: nobody stands at the end of three lines."""
    ticket.errand_id, ticket.rest = ticket.rest[0], ticket.rest[1:]
    ticket.state, ticket.counter, ticket.serving_at, ticket.slot = State.WAITING, None, None, None
    ticket.calls = 0


def _learn(errand: Errand, seconds: float) -> None:
    held = Errand.objects.select_for_update(of=("self",)).get(pk=errand.pk)
    # a press by mistake teaches nothing
    if seconds < 5:
        return
    known = serving_time(held).learn(seconds)
    held.mean, held.variance, held.served = known.mean, known.variance, known.count
    held.save(update_fields=["mean", "variance", "served"])


@transaction.atomic
def hand_on(*, counter_id: int, user_id: int, errand_id: int, actor: Actor, at: datetime) -> Ticket:
    """Send somebody who is at the wrong counter to the line of another errand, with the same number, to the front.

    :raises QueueRefused: ``not_yours``, ``moved_on``, ``no_errand``.
    """
    hall, counter = _counter(counter_id, user_id)
    ticket = _at_counter(counter, State.CALLED, State.SERVING)
    (errand,) = wanted_errands(hall, [errand_id])
    ticket.errand, ticket.state, ticket.counter, ticket.serving_at = errand, State.WAITING, None, None
    ticket.is_back, ticket.slot, ticket.calls = True, None, 0
    ticket.rest = [pk for pk in ticket.rest if pk != errand.pk]
    ticket.save()
    number = spoken_number(ticket.letter, ticket.number or 0)
    tell(hall, TicketServed(ticket_id=ticket.pk, number=number, counter=counter.number, more=True), actor=actor, at=at)
    return ticket


@transaction.atomic
def miss(*, counter_id: int, user_id: int, actor: Actor, at: datetime) -> Ticket:
    """Nobody came after enough calls: the counter is free for the next.

    :raises QueueRefused: ``not_yours``, ``moved_on``, ``too_early`` before the number was called often enough.
    """
    hall, counter = _counter(counter_id, user_id)
    ticket = _at_counter(counter, State.CALLED)
    if ticket.calls < hall.calls_before_no_show:
        raise QueueRefused("too_early")
    ticket.state, ticket.ended_at, ticket.counter = State.NO_SHOW, at, None
    ticket.save(update_fields=["state", "ended_at", "counter"])
    tell(
        hall,
        TicketMissed(ticket_id=ticket.pk, number=spoken_number(ticket.letter, ticket.number or 0)),
        actor=actor,
        at=at,
    )
    return ticket
