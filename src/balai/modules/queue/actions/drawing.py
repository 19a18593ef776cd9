"""Draw a number, book a time, move it, give it back, arrive, come back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.identity.actions import prepare_resident
from balai.foundation.identity.rules import CODE_ALPHABET
from balai.foundation.places.queries import city_day
from balai.modules.queue.actions._hall import QueueRefused, held, tell, wanted_errands, write_to
from balai.modules.queue.events import TicketDrawn
from balai.modules.queue.keeping import keeping
from balai.modules.queue.models import Errand, Hall, NumberSeries, SlotCount, Ticket
from balai.modules.queue.queries import capacity_of, now_in, slots, token_hash
from balai.modules.queue.rules.line import PRIORITIES, spoken_number

State = Ticket.State
CODE_LENGTH = 10
# an appointment whose holder came no later than this keeps its place
GRACE = timedelta(minutes=15)
CANCELLED_BY_PERSON = (State.BOOKED, State.WAITING)


@dataclass(frozen=True)
class Drawn:
    """A ticket, and the code that opens its page; the code is kept nowhere."""

    ticket: Ticket
    code: str


def _new_code() -> str:
    return "".join(CODE_ALPHABET[secrets.randbelow(len(CODE_ALPHABET))] for _ in range(CODE_LENGTH))


def _next_number(hall: Hall, letter: str, day: date) -> int:
    NumberSeries.objects.bulk_create([NumberSeries(hall=hall, day=day, letter=letter)], ignore_conflicts=True)
    NumberSeries.objects.filter(hall=hall, day=day, letter=letter).update(value=F("value") + 1)
    return NumberSeries.objects.values_list("value", flat=True).get(hall=hall, day=day, letter=letter)


def _into_the_hall(hall: Hall, ticket: Ticket, *, at: datetime) -> None:
    """Give a ticket its number and what it is told about its wait."""
    ticket.number = _next_number(hall, ticket.letter, ticket.day)
    ticket.state, ticket.since = State.WAITING, at
    said = now_in(hall, at=at).wait_of(ticket)
    if said is not None:
        ticket.said_middle, ticket.said_low, ticket.said_high = said.middle, said.low, said.high


@transaction.atomic
def draw_ticket(
    *,
    hall_id: int,
    errand_ids: Sequence[int],
    priority: str = "",
    locale: str = "id",
    actor: Actor = SYSTEM,
    at: datetime,
) -> Drawn:
    """Draw a number for somebody who stands in the hall; nothing is asked of them.

    :raises QueueRefused: ``no_errand``.
    """
    hall = held(hall_id)
    wanted = wanted_errands(hall, errand_ids)
    code = _new_code()
    ticket = Ticket(
        hall=hall,
        day=city_day(at),
        token_hash=token_hash(code),
        letter=wanted[0].letter,
        errand=wanted[0],
        rest=[errand.pk for errand in wanted[1:]],
        priority=priority if priority in PRIORITIES else "",
        locale=locale,
        created_at=at,
    )
    _into_the_hall(hall, ticket, at=at)
    ticket.save(force_insert=True)
    number = spoken_number(ticket.letter, ticket.number or 0)
    tell(hall, TicketDrawn(ticket_id=ticket.pk, number=number), actor=actor, at=at)
    return Drawn(ticket, code)


def _contact(email: str, locale: str, at: datetime) -> Any:
    resident = prepare_resident(email=email, locale=locale, at=at)
    if resident is not None:
        resident.save(force_insert=True)
    return resident


@transaction.atomic
def book(
    *, hall_id: int, errand_ids: Sequence[int], slot: datetime, contact: str = "", locale: str = "id", at: datetime
) -> Drawn:
    """Book an appointment; the slot is taken in the same transaction. ``contact`` is an e-mail address, or empty.

    :raises QueueRefused: ``no_errand``, ``closed`` for a time that is no slot, ``full``.
    :raises ContactRefused: if the contact cannot be right.
    """
    if keeping() is not None:
        # times are given in one place only
        raise QueueRefused("at_the_city")
    hall = held(hall_id, booking=True)
    wanted = wanted_errands(hall, errand_ids)
    _take_slot(hall, wanted, slot, at=at)
    code = _new_code()
    ticket = Ticket.objects.create(
        hall=hall,
        day=city_day(slot),
        token_hash=token_hash(code),
        letter=wanted[0].letter,
        errand=wanted[0],
        rest=[errand.pk for errand in wanted[1:]],
        slot=slot,
        state=State.BOOKED,
        resident=_contact(contact, locale, at),
        locale=locale,
        created_at=at,
    )
    write_to(ticket, "queue_booked", code=code, at=at)
    return Drawn(ticket, code)


def _take_slot(hall: Hall, wanted: Sequence[Errand], slot: datetime, *, at: datetime) -> None:
    day = city_day(slot)
    if not city_day(at) <= day <= city_day(at) + timedelta(days=hall.days_ahead):
        raise QueueRefused("closed")
    found = next((each for each in slots(hall, day=day, errands=wanted, at=at) if each.at == slot), None)
    if found is None:
        raise QueueRefused("closed")
    if not found.free:
        raise QueueRefused("full")
    capacity = capacity_of(hall, wanted)
    count, _made = SlotCount.objects.get_or_create(hall=hall, at=slot, defaults={"capacity": capacity})
    # fewer counters since the first booking: what was promised stays, nothing is promised beyond
    count.capacity = max(capacity, count.taken)
    count.taken += 1
    if count.taken > count.capacity:
        raise QueueRefused("full")
    count.save(update_fields=["taken", "capacity"])


def _free_slot(ticket: Ticket) -> None:
    if ticket.slot is not None:
        SlotCount.objects.filter(hall_id=ticket.hall_id, at=ticket.slot, taken__gt=0).update(taken=F("taken") - 1)


@transaction.atomic
def move_booking(*, ticket_id: int, slot: datetime, at: datetime) -> Ticket:
    """Move an appointment to another slot; the old one is free again, and whoever left an address is written to.

    :raises QueueRefused: ``moved_on`` once the person is in the hall; else as :func:`book`.
    """
    if keeping() is not None:
        raise QueueRefused("at_the_city")
    hall = held(Ticket.objects.values_list("hall_id", flat=True).get(pk=ticket_id), booking=True)
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    if ticket.state != State.BOOKED:
        raise QueueRefused("moved_on")
    wanted = wanted_errands(hall, [ticket.errand_id, *ticket.rest])
    _free_slot(ticket)
    _take_slot(hall, wanted, slot, at=at)
    ticket.slot, ticket.day = slot, city_day(slot)
    ticket.save(update_fields=["slot", "day"])
    write_to(ticket, "queue_moved", at=at)
    return ticket


@transaction.atomic
def cancel(*, ticket_id: int, at: datetime) -> Ticket:
    """Give an appointment or a place in the line back.

    :raises QueueRefused: ``moved_on`` once it was called.
    """
    hall = held(Ticket.objects.values_list("hall_id", flat=True).get(pk=ticket_id), booking=True)
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    if hall.keeper_hash and ticket.state != State.BOOKED:
        raise QueueRefused("kept")
    if ticket.state == State.BOOKED and keeping() is not None:
        raise QueueRefused("at_the_city")
    if ticket.state not in CANCELLED_BY_PERSON:
        raise QueueRefused("moved_on")
    if ticket.state == State.BOOKED:
        _free_slot(ticket)
    ticket.state, ticket.ended_at = State.CANCELLED, at
    ticket.save(update_fields=["state", "ended_at"])
    return ticket


@transaction.atomic
def arrive(*, ticket_id: int, priority: str = "", actor: Actor = SYSTEM, at: datetime) -> Ticket:
    """Let the holder of an appointment draw the number: they are in the hall.

    Whoever comes later than the grace time waits like everybody else: the slot was for somebody who is there.

    :raises QueueRefused: ``drawn`` if the number was drawn, ``other_day``, ``given_back``.
    """
    hall = held(Ticket.objects.values_list("hall_id", flat=True).get(pk=ticket_id))
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("errand").get(pk=ticket_id)
    if ticket.number is not None:
        raise QueueRefused("drawn")
    # a day that is over was given back by itself: the day is what its holder has to know
    if ticket.day != city_day(at):
        raise QueueRefused("other_day")
    if ticket.state != State.BOOKED:
        raise QueueRefused("given_back")
    if ticket.slot is not None and at > ticket.slot + GRACE:
        ticket.slot = None
    if priority in PRIORITIES:
        ticket.priority = priority
    _into_the_hall(hall, ticket, at=at)
    ticket.save()
    number = spoken_number(ticket.letter, ticket.number or 0)
    tell(hall, TicketDrawn(ticket_id=ticket.pk, number=number), actor=actor, at=at)
    return ticket


@transaction.atomic
def come_back(*, ticket_id: int, at: datetime) -> Ticket:
    """Take somebody who missed the call back to the front of the line, if they come in time.

    :raises QueueRefused: ``moved_on``, ``too_late``.
    """
    hall = held(Ticket.objects.values_list("hall_id", flat=True).get(pk=ticket_id))
    ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    if ticket.state != State.NO_SHOW or ticket.ended_at is None:
        raise QueueRefused("moved_on")
    if at > ticket.ended_at + timedelta(minutes=hall.return_minutes):
        raise QueueRefused("too_late")
    ticket.state, ticket.ended_at, ticket.is_back, ticket.calls = State.WAITING, None, True, 0
    ticket.save(update_fields=["state", "ended_at", "is_back", "calls"])
    return ticket
