"""What goes between the city's server and a computer that keeps a hall in its building.

The city's server says how the hall is set up and what is booked; the building says what became of tickets. A ticket is
the same on both sides by the hash of its code, so everything may be sent any number of times. Once a number is drawn the
ticket is the building's: nothing from the city changes it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from balai.engines.catalogs.models import Record
from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.events.rules import SYSTEM
from balai.foundation.places.models import Area, City
from balai.foundation.places.queries import city_day, current_city
from balai.foundation.units.models import Unit
from balai.modules.queue.actions._hall import held, tell, write_to
from balai.modules.queue.events import TicketCalled, TicketDrawn, TicketMissed, TicketServed
from balai.modules.queue.models import Counter, Errand, Hall, HallDay, NumberSeries, Sent, Serving, Ticket
from balai.modules.queue.queries import ticket_key
from balai.modules.queue.rules.line import PRIORITIES, spoken_number

State = Ticket.State
MOST_SENT = 500
ENDED = (State.DONE, State.NO_SHOW, State.CANCELLED)
# what a building may say of how long serving takes, and how often it called since a priority
LONGEST_SECONDS = 86_400
MOST_CALLS = 10_000
# a call older than this is over: nobody is written to about it
STILL_CALLED = timedelta(minutes=5)
_HALL = (
    "name",
    "address",
    "slot_minutes",
    "days_ahead",
    "walk_in_share",
    "priority_every",
    "calls_before_no_show",
    "return_minutes",
    "kiosk_key",
    "active",
    "calls_since_priority",
)
_ERRAND = ("letter", "usual_minutes", "mean", "variance", "served", "active")
_TIMES = ("slot", "since", "called_at", "serving_at", "ended_at", "created_at")
_PLAIN = (
    "token_hash",
    "number",
    "letter",
    "priority",
    "state",
    "is_back",
    "calls",
    "said_middle",
    "said_low",
    "said_high",
    "waited",
    "locale",
)
_AT_COUNTER = (State.CALLED, State.SERVING)


class BadSending(Exception):
    """Something was sent that this hall does not have: a counter, an errand, a state."""


def _name(errand: Errand) -> str:
    return f"{errand.record.kind}/{errand.record.slug}"


def ticket_as_sent(ticket: Ticket, names: Mapping[int, str]) -> dict[str, Any]:
    """Return a ticket without anything of the person; ``names``: errand (pk) → kind/slug."""
    row = {name: getattr(ticket, name) for name in _PLAIN}
    row |= {name: value.isoformat() if (value := getattr(ticket, name)) else None for name in _TIMES}
    return row | {
        "day": ticket.day.isoformat(),
        "errand": names[ticket.errand_id],
        "rest": [names[pk] for pk in ticket.rest if pk in names],
        "counter": ticket.counter.number if ticket.counter else None,
        "servings": [
            {
                "errand": names[each.errand_id],
                "counter": each.counter.number,
                "began_at": each.began_at.isoformat(),
                "ended_at": each.ended_at.isoformat(),
            }
            for each in ticket.servings.all()
        ],
    }


def _names(hall: Hall) -> dict[int, str]:
    return {errand.pk: _name(errand) for errand in Errand.objects.filter(hall=hall).select_related("record")}


def hall_for_building(hall: Hall, *, at: datetime) -> dict[str, Any]:
    """Return the hall as it is set up, today's tickets, and every appointment to come."""
    errands = list(Errand.objects.filter(hall=hall).select_related("record"))
    names = _names(hall)
    city = current_city()
    tickets = (
        Ticket.objects.filter(hall=hall, day__gte=city_day(at))
        .select_related("counter")
        .prefetch_related("servings__counter")
        .order_by("pk")
    )
    return {
        "ticket_key": ticket_key(),
        "city": {
            "code": city.area.code,
            "area": city.area.name,
            "level": city.area.level,
            "name": city.name,
            "government_name": city.government_name,
            "time_zone": city.time_zone,
        },
        "unit": {name: getattr(hall.unit, name) for name in ("slug", "name", "short_name", "kind")},
        "hall": {name: getattr(hall, name) for name in _HALL},
        "errands": [
            {name: getattr(errand, name) for name in _ERRAND}
            | {
                "kind": errand.record.kind,
                "slug": errand.record.slug,
                "name_id": errand.record.name_id,
                "name_en": errand.record.name_en,
            }
            for errand in errands
        ],
        "counters": [
            {
                "number": counter.number,
                "active": counter.active,
                "errands": [names[errand.pk] for errand in counter.errands.all()],
            }
            for counter in hall.counters.prefetch_related("errands")
        ],
        "tickets": [ticket_as_sent(ticket, names) for ticket in tickets],
    }


class _Reader:
    """Reads tickets as they were sent against this hall's errands and counters."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.errands = {name: pk for pk, name in _names(hall).items()}
        self.counters = {counter.number: counter for counter in Counter.objects.filter(hall=hall)}

    def errand(self, name: str) -> int:
        if name not in self.errands:
            raise BadSending(name)
        return self.errands[name]

    def counter(self, number: int) -> Counter:
        if number not in self.counters:
            raise BadSending(str(number))
        return self.counters[number]

    def put(self, ticket: Ticket, row: Mapping[str, Any]) -> None:
        """Write what was sent onto a ticket, unsaved."""
        if row["state"] not in State.values or row["priority"] not in ("", *PRIORITIES):
            raise BadSending(row["state"])
        for name in _PLAIN:
            setattr(ticket, name, row[name])
        for name in _TIMES:
            setattr(ticket, name, datetime.fromisoformat(row[name]) if row[name] else None)
        ticket.hall, ticket.day = self.hall, date.fromisoformat(row["day"])
        ticket.errand_id = self.errand(row["errand"])
        ticket.rest = [self.errand(name) for name in row["rest"]]
        ticket.counter = None if row["counter"] is None else self.counter(row["counter"])

    def put_servings(self, ticket: Ticket, rows: Iterable[Mapping[str, Any]]) -> list[Serving]:
        """Keep the servings that are not here yet and return these."""
        known = set(ticket.servings.values_list("errand_id", "counter_id", "began_at")) if ticket.pk else set()
        fresh = []
        for row in rows:
            serving = Serving(
                ticket=ticket,
                errand_id=self.errand(row["errand"]),
                counter=self.counter(row["counter"]),
                began_at=datetime.fromisoformat(row["began_at"]),
                ended_at=datetime.fromisoformat(row["ended_at"]),
            )
            if (serving.errand_id, serving.counter_id, serving.began_at) not in known:
                fresh.append(serving)
        return Serving.objects.bulk_create(fresh)

    def keep_numbers(self, days: Iterable[date]) -> None:
        """Let the next number of every letter be one that was not given."""
        highest = (
            Ticket.objects.filter(hall=self.hall, day__in=set(days), number__isnull=False)
            .values_list("day", "letter")
            .annotate(most=Max("number"))
        )
        for day, letter, most in highest:
            series, _made = NumberSeries.objects.get_or_create(hall=self.hall, day=day, letter=letter)
            NumberSeries.objects.filter(pk=series.pk, value__lt=most).update(value=most)


@transaction.atomic
def take_in(*, hall_id: int, sent: Mapping[str, Any], at: datetime) -> None:
    """Take in, at the city's server, what happened in a building. Twice the same changes nothing.

    :raises BadSending: nothing was kept.
    """
    hall = held(hall_id, booking=True)
    reader = _Reader(hall)
    rows = sent["tickets"]
    if len(rows) > MOST_SENT:
        raise BadSending("tickets")
    known = {
        ticket.token_hash: ticket
        for ticket in Ticket.objects.filter(token_hash__in=[row["token_hash"] for row in rows]).select_related(
            "resident", "hall"
        )
    }
    _free_counters(hall, rows)
    days = set()
    for row in rows:
        ticket = known.get(row["token_hash"]) or Ticket()
        if ticket.pk and ticket.hall_id != hall.pk:
            raise BadSending("token_hash")
        before = (ticket.number, ticket.called_at, ticket.state) if ticket.pk else (None, None, "")
        reader.put(ticket, row)
        ticket.save()
        days.add(ticket.day)
        served = reader.put_servings(ticket, row["servings"])
        _tell_what_is_new(hall, ticket, before, served, at=at)
    reader.keep_numbers(days)
    for row in sent["errands"]:
        for name in ("mean", "variance"):
            if row[name] is not None and not 0 <= float(row[name]) <= LONGEST_SECONDS**2:
                raise BadSending(name)
        Errand.objects.filter(pk=reader.errand(row["name"])).update(
            mean=row["mean"], variance=row["variance"], served=row["served"]
        )
    # a day that was summed before its tickets were here is summed again
    HallDay.objects.filter(hall=hall, day__in=[day for day in days if day < city_day(at)]).delete()
    hall.calls_since_priority, hall.heard_at = min(max(int(sent["calls_since_priority"]), 0), MOST_CALLS), at
    hall.save(update_fields=["calls_since_priority", "heard_at"])


def _free_counters(hall: Hall, rows: Iterable[Mapping[str, Any]]) -> None:
    """Let nobody stand at the counters to which the building has called somebody: people change places, and who stood
    there before may not have been sent yet.
    """
    taken = {row["counter"] for row in rows if row["state"] in _AT_COUNTER}
    left = Ticket.objects.filter(hall=hall, state__in=_AT_COUNTER, counter__number__in=taken)
    left.update(state=State.WAITING, counter=None)


def _tell_what_is_new(
    hall: Hall, ticket: Ticket, before: tuple[Any, Any, str], served: list[Serving], *, at: datetime
) -> None:
    number_before, called_before, state_before = before
    number = spoken_number(ticket.letter, ticket.number or 0)
    if number_before is None and ticket.number is not None:
        tell(hall, TicketDrawn(ticket_id=ticket.pk, number=number), actor=SYSTEM, at=at)
    for serving in served:
        tell(
            hall,
            TicketServed(
                ticket_id=ticket.pk, number=number, counter=serving.counter.number, more=ticket.state != State.DONE
            ),
            actor=SYSTEM,
            at=at,
        )
    if ticket.called_at != called_before and ticket.counter is not None and ticket.called_at is not None:
        counter = ticket.counter.number
        tell(hall, TicketCalled(ticket_id=ticket.pk, number=number, counter=counter), actor=SYSTEM, at=at)
        if ticket.state == State.CALLED and at - ticket.called_at < STILL_CALLED:
            write_to(ticket, "queue_called", at=at, counter=str(counter))
    if ticket.state == State.NO_SHOW != state_before:
        tell(hall, TicketMissed(ticket_id=ticket.pk, number=number), actor=SYSTEM, at=at)


@transaction.atomic
def set_up_here(*, slug: str, given: Mapping[str, Any], at: datetime) -> Hall:
    """Set the hall up in its building as the city's server has it, and keep what is booked."""
    _city_here(given["city"])
    unit, _made = Unit.objects.get_or_create(
        slug=given["unit"]["slug"], defaults={name: given["unit"][name] for name in ("name", "short_name", "kind")}
    )
    hall = Hall.objects.filter(slug=slug).first()
    if hall is None:
        hall = Hall.objects.create(slug=slug, unit=unit, **given["hall"])
    else:
        # calls are counted here
        said = {name: value for name, value in given["hall"].items() if name != "calls_since_priority"}
        Hall.objects.filter(pk=hall.pk).update(**said)
    errands = {}
    for row in given["errands"]:
        record, _made = Record.objects.update_or_create(
            kind=row["kind"],
            slug=row["slug"],
            defaults={"unit": unit, "name_id": row["name_id"], "name_en": row["name_en"]},
            create_defaults={"unit": unit, "name_id": row["name_id"], "name_en": row["name_en"], "created_at": at},
        )
        said = {name: row[name] for name in ("letter", "usual_minutes", "active")}
        learnt = {name: row[name] for name in ("mean", "variance", "served")}
        errand, _made = Errand.objects.update_or_create(
            hall=hall, record=record, defaults=said, create_defaults=said | learnt
        )
        errands[f"{row['kind']}/{row['slug']}"] = errand
    for row in given["counters"]:
        counter, _made = Counter.objects.update_or_create(
            hall=hall, number=row["number"], defaults={"active": row["active"]}
        )
        counter.errands.set([errands[name] for name in row["errands"]])
    _take_bookings(hall, given["tickets"])
    return hall


def _city_here(given: Mapping[str, Any]) -> None:
    """Make the city's row, without outlines: a hall needs its name and its time."""
    if City.objects.exists():
        return
    area, _made = Area.objects.get_or_create(
        code=given["code"], defaults={"name": given["area"], "level": given["level"]}
    )
    City.objects.create(area=area, **{name: given[name] for name in ("name", "government_name", "time_zone")})
    CalendarVersion.objects.update_or_create(only=True, defaults={"time_zone": given["time_zone"]})


def _take_bookings(hall: Hall, rows: Iterable[Mapping[str, Any]]) -> None:
    reader, names, days = _Reader(hall), _names(hall), set()
    rows = list(rows)
    known = {
        ticket.token_hash: ticket
        for ticket in Ticket.objects.filter(hall=hall, token_hash__in=[row["token_hash"] for row in rows])
        .select_related("counter")
        .prefetch_related("servings__counter")
    }
    for row in rows:
        ticket = known.get(row["token_hash"])
        # once a number is drawn the ticket is the building's; most bookings are here as they are there
        if ticket is not None and (ticket.state != State.BOOKED or ticket_as_sent(ticket, names) == row):
            continue
        ticket = ticket or Ticket()
        reader.put(ticket, row)
        ticket.save()
        reader.put_servings(ticket, row["servings"])
        days.add(ticket.day)
    reader.keep_numbers(days)


def _digest(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def what_to_send(hall: Hall) -> dict[str, Any]:
    """Return, in a building, what the city's server does not have yet: at most 500 tickets at a time, oldest first."""
    held(hall.pk)
    hall.refresh_from_db()
    names = _names(hall)
    rows = (
        Ticket.objects.filter(hall=hall, number__isnull=False)
        .exclude(sent__settled=True)
        .select_related("counter", "sent")
        .prefetch_related("servings__counter")
        .order_by("day", "pk")
    )
    changed, same = [], []
    for ticket in rows:
        row = ticket_as_sent(ticket, names)
        if not hasattr(ticket, "sent") or ticket.sent.digest != _digest(row):
            changed.append(row)
        elif ticket.state in ENDED:
            same.append((ticket.day, ticket.sent.pk))
    # what the city has as it ended is looked at no more once a later day has begun
    newest = max((day for day, _pk in same), default=None)
    Sent.objects.filter(pk__in=[pk for day, pk in same if newest is not None and day < newest]).update(settled=True)
    return {
        "tickets": changed[:MOST_SENT],
        "errands": [
            {"name": names[errand.pk], "mean": errand.mean, "variance": errand.variance, "served": errand.served}
            for errand in Errand.objects.filter(hall=hall)
        ],
        "calls_since_priority": hall.calls_since_priority,
    }


@transaction.atomic
def note_sent(hall: Hall, *, sent: Mapping[str, Any]) -> None:
    """Note, in a building, what the city's server has taken in."""
    ids = dict(
        Ticket.objects.filter(hall=hall, token_hash__in=[row["token_hash"] for row in sent["tickets"]]).values_list(
            "token_hash", "pk"
        )
    )
    for row in sent["tickets"]:
        # what ended while it was on its way differs from this, and is sent once more
        Sent.objects.update_or_create(ticket_id=ids[row["token_hash"]], defaults={"digest": _digest(row)})
