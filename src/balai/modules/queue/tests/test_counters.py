"""Who sits at a counter, and what becomes of whoever is served there."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.modules.queue import actions
from balai.modules.queue.actions import QueueRefused
from balai.modules.queue.actions.set_up import keep_counter
from balai.modules.queue.models import Counter, Hall, Serving, Ticket
from balai.modules.queue.tests.conftest import Place, use
from balai.modules.queue.tests.test_actions import STAFF, draw, press, refused, sit


@pytest.mark.django_db
def test_one_counter_serves_one(place: Place, now: Any) -> None:
    sit(place)
    draw(place)
    draw(place)
    press("call_next", place.one, place.sari)
    with refused("busy"):
        press("call_next", place.one, place.sari)
    with refused("busy"):
        actions.leave(counter_id=place.one.pk, user_id=place.sari.pk, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(state="waiting").update(state="called", counter=place.one)


@pytest.mark.django_db
def test_only_who_sits_there_calls(place: Place, now: Any) -> None:
    draw(place)
    with refused("not_yours"):
        press("call_next", place.one, place.sari)
    sit(place)
    with refused("not_yours"):
        press("call_next", place.one, place.budi)
    with refused("busy"):
        actions.sit_down(counter_id=place.one.pk, user_id=place.budi.pk, at=clock.now())
    press("call_next", place.one, place.sari)
    with refused("elsewhere"):
        actions.leave(counter_id=place.two.pk, user_id=place.budi.pk, at=clock.now())
        actions.sit_down(counter_id=place.two.pk, user_id=place.sari.pk, at=clock.now())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_counters_that_call_at_once_get_two_people(place: Place) -> None:
    sit(place)
    for _ in range(2):
        draw(place)
    gate, called = Barrier(2), []

    def work(counter: Counter, user: Any) -> None:
        try:
            gate.wait(5)
            called.append(press("call_next", counter, user).pk)
        finally:
            connection.close()

    threads = [Thread(target=work, args=pair) for pair in ((place.one, place.sari), (place.two, place.budi))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(called)) == 2


def free(counter: Counter, **more: Any) -> None:
    actions.free_counter(counter_id=counter.pk, actor=STAFF, at=clock.now(), **more)


@pytest.mark.django_db
def test_who_was_called_by_somebody_who_went_home_is_called_first(place: Place, now: Any) -> None:
    sit(place)
    ticket, other = draw(place), draw(place)
    press("call_next", place.one, place.sari)
    press("call_again", place.one, place.sari)
    actions.pause(counter_id=place.one.pk, user_id=place.sari.pk, paused=True, at=clock.now())
    free(place.one)
    assert (use(place.one).officer_id, place.one.paused) == (None, False)
    assert (use(ticket).state, ticket.counter_id, ticket.calls, ticket.is_back) == ("waiting", None, 0, True)
    event = Event.objects.get(kind="CounterFreed")
    assert (event.data, event.actor_kind, event.actor_id) == ({"counter": 1}, "staff", 1)
    assert press("call_next", place.two, place.budi).pk == ticket.pk
    assert use(other).state == "waiting"


@pytest.mark.django_db
def test_who_was_served_by_somebody_who_went_home_is_done(place: Place, now: Any) -> None:
    sit(place)
    once, twice = draw(place), draw(place, place.card, place.family)
    for counter, user in ((place.one, place.sari), (place.two, place.budi)):
        press("call_next", counter, user)
        press("begin", counter, user)
    now.shift(timedelta(hours=3))
    free(place.one)
    free(place.two)
    assert (use(once).state, once.ended_at, once.counter_id) == ("done", clock.now(), None)
    # a visit is not over while something is left of it
    assert (use(twice).state, twice.errand_id, twice.rest, twice.counter_id) == ("waiting", place.family.pk, [], None)
    # nobody knows how long it took
    assert not Serving.objects.exists()
    assert use(place.card).served == 0


@pytest.mark.django_db
def test_only_who_was_seen_there_is_sent_home(place: Place, now: Any) -> None:
    with refused("moved_on"):
        free(place.one)
    sit(place)
    with refused("moved_on"):
        free(place.one, officer_id=place.budi.pk)
    assert use(place.one).officer_id == place.sari.pk
    assert not Event.objects.filter(kind="CounterFreed").exists()


@pytest.mark.django_db
def test_a_number_is_one_counters(place: Place, now: Any) -> None:
    """Two people renumber at once: both forms were right when they were sent."""
    given = {"hall": place.hall, "errands": [place.card], "actor": STAFF, "at": clock.now()}
    with refused("moved_on"):
        keep_counter(**given, counter_id=place.one.pk, number=2)
    with refused("moved_on"):
        keep_counter(**given, counter_id=9999, number=3)
    assert use(place.one).number == 1


@pytest.mark.django_db
def test_nobody_sits_twice(place: Place, now: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What two requests at two halls do when neither sees the other's."""
    actions.sit_down(counter_id=place.one.pk, user_id=place.sari.pk, at=clock.now())
    with monkeypatch.context() as unseen:
        unseen.setattr(QuerySet, "update", lambda rows, **_fields: 0)
        with refused("elsewhere"):
            actions.sit_down(counter_id=place.two.pk, user_id=place.sari.pk, at=clock.now())
    assert (use(place.one).officer_id, use(place.two).officer_id) == (place.sari.pk, None)
    # one after the other is no trouble
    actions.sit_down(counter_id=place.two.pk, user_id=place.sari.pk, at=clock.now())
    assert (use(place.one).officer_id, use(place.two).officer_id) == (None, place.sari.pk)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_sitting_down_at_two_halls_at_once_seats_one_officer_once(place: Place) -> None:
    other = Hall.objects.create(slug="lain", name="Balai Lain", unit=place.hall.unit)
    there = Counter.objects.create(hall=other, number=1)
    gate, ends = Barrier(2), []

    def work(counter: Counter) -> None:
        try:
            gate.wait(5)
            actions.sit_down(counter_id=counter.pk, user_id=place.sari.pk, at=clock.now())
            ends.append("sits")
        except QueueRefused as error:
            ends.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=work, args=[counter]) for counter in (place.one, there)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(ends) == 2
    assert set(ends) <= {"sits", "elsewhere"}
    assert Counter.objects.filter(officer=place.sari).count() == 1


@pytest.mark.django_db
def test_yesterday_blocks_no_counter(place: Place, now: Any) -> None:
    """The lights went out while somebody was served, and no worker has closed the day."""
    sit(place)
    left = draw(place)
    press("call_next", place.one, place.sari)
    press("begin", place.one, place.sari)
    now.shift(timedelta(days=1))
    fresh = draw(place)
    assert press("call_next", place.one, place.sari).pk == fresh.pk
    assert (use(left).state, use(left).counter_id) == ("done", None)


@pytest.mark.django_db
def test_who_rests_calls_nobody(place: Place, now: Any) -> None:
    sit(place)
    draw(place)
    actions.pause(counter_id=place.one.pk, user_id=place.sari.pk, paused=True, at=clock.now())
    with refused("nobody"):
        press("call_next", place.one, place.sari)
