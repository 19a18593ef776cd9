"""What goes between the city's server and the computer in a building."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balai.foundation.calendar import clock
from balai.foundation.events.rules import SYSTEM
from balai.modules.queue import actions, queries
from balai.modules.queue.actions import exchange
from balai.modules.queue.actions.set_up import give_to_building
from balai.modules.queue.keeping import Keeping
from balai.modules.queue.models import Ticket
from balai.modules.queue.tests.conftest import Place, use

pytestmark = pytest.mark.django_db


def test_people_change_counters_in_the_building(place: Place, now: Any) -> None:
    """What the city has of a counter is older than what is sent; nothing of it may stand in the way."""
    hall, at = place.hall, clock.now()
    tickets = [actions.draw_ticket(hall_id=hall.pk, errand_ids=[place.card.pk], at=at).ticket for _number in range(3)]
    for counter, user in ((place.one, place.sari), (place.two, place.budi)):
        actions.sit_down(counter_id=counter.pk, user_id=user.pk, at=at)
        actions.call_next(counter_id=counter.pk, user_id=user.pk, actor=SYSTEM, at=at)
    give_to_building(hall=hall, actor=SYSTEM, at=at)
    names = {place.card.pk: "service/ktp"}
    first, second, third = (exchange.ticket_as_sent(Ticket.objects.get(pk=ticket.pk), names) for ticket in tickets)
    # the two have changed places; nothing is said of the one who sat at the second counter meanwhile
    rows = [{**first, "counter": 2}, {**second, "counter": 1}]
    sent = {"tickets": rows, "errands": [], "calls_since_priority": 0}
    exchange.take_in(hall_id=hall.pk, sent=sent, at=at)
    assert [use(ticket).counter.number for ticket in tickets[:2]] == [2, 1]
    # a third is called to the first counter, and what became of the second is on its way
    called = {**third, "state": "called", "counter": 1, "called_at": at.isoformat(), "calls": 1}
    exchange.take_in(hall_id=hall.pk, sent={**sent, "tickets": [called]}, at=at)
    assert (use(tickets[2]).counter.number, use(tickets[1]).state) == (1, "waiting")
    done = {**second, "state": "done", "counter": 1, "ended_at": at.isoformat()}
    exchange.take_in(hall_id=hall.pk, sent={**sent, "tickets": [done]}, at=at)
    assert use(tickets[1]).state == "done"


def test_a_building_says_no_hours_that_it_does_not_know(
    place: Place, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place.hall.pk in queries.openings([place.hall], at=clock.now())
    monkeypatch.setattr(queries, "keeping", lambda: Keeping("balai", "https://kota.example", "k", "t"))
    assert queries.openings([place.hall], at=clock.now()) == {}


def test_bookings_that_are_known_are_not_written_again(place: Place, now: Any) -> None:
    slot = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
    booked = actions.book(hall_id=place.hall.pk, errand_ids=[place.card.pk], slot=slot, at=clock.now())
    given = json.loads(json.dumps(exchange.hall_for_building(place.hall, at=clock.now())))

    def written() -> list[str]:
        with CaptureQueriesContext(connection) as statements:
            exchange.set_up_here(slug=place.hall.slug, given=given, at=clock.now())
        sql = [statement["sql"] for statement in statements]
        return [each for each in sql if "queue_ticket" in each and not each.startswith("SELECT")]

    assert written() == []
    Ticket.objects.filter(pk=booked.ticket.pk).update(slot=slot + timedelta(hours=1))
    assert len(written()) == 1
    assert use(booked.ticket).slot == slot
