"""Draw, book, call, serve, miss, come back: every promise of the line, on both databases."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.events.rules import Actor
from balai.foundation.identity.actions import ContactRefused, register_resident
from balai.foundation.messages.models import OutboxMessage
from balai.modules.queue import actions, queries
from balai.modules.queue.actions import QueueRefused
from balai.modules.queue.actions.set_up import give_to_building, take_back
from balai.modules.queue.models import Counter, Errand, Hall, HallDay, Serving, SlotCount, Ticket
from balai.modules.queue.tests.conftest import MORNING, Place, use

STAFF = Actor("staff", 1)


def draw(place: Place, *errands: Errand, contact: str = "", **more: Any) -> Ticket:
    wanted = [errand.pk for errand in errands or (place.card,)]
    ticket = actions.draw_ticket(hall_id=place.hall.pk, errand_ids=wanted, at=clock.now(), **more).ticket
    if contact:
        # as somebody who booked, gave an address and came too late for the slot
        ticket.resident = register_resident(email=contact, at=clock.now())
        ticket.save(update_fields=["resident"])
    return ticket


def sit(place: Place) -> None:
    actions.sit_down(counter_id=place.one.pk, user_id=place.sari.pk, at=clock.now())
    actions.sit_down(counter_id=place.two.pk, user_id=place.budi.pk, at=clock.now())


def press(name: str, counter: Counter, user: Any, **more: Any) -> Ticket:
    call = getattr(actions, name)
    who = {} if name == "begin" else {"actor": STAFF}
    made: Ticket = call(counter_id=counter.pk, user_id=user.pk, at=clock.now(), **who, **more)
    return made


def refused(code: str) -> Any:
    return pytest.raises(QueueRefused, match=f"^{code}$")


@pytest.mark.django_db
def test_numbers_run_for_each_letter_and_begin_anew_every_day(place: Place, now: Any) -> None:
    drawn = [draw(place), draw(place), draw(place, place.family)]
    assert [(each.letter, each.number) for each in drawn] == [("A", 1), ("A", 2), ("B", 1)]
    now.shift(timedelta(days=1))
    assert draw(place).number == 1
    assert [event.data["number"] for event in Event.objects.filter(kind="TicketDrawn")][:3] == [
        "A-001",
        "A-002",
        "B-001",
    ]


@pytest.mark.django_db
def test_what_nobody_serves_is_refused(place: Place, now: Any) -> None:
    place.two.errands.remove(place.family)
    for wanted in ([], [place.family.pk], [0], [place.card.pk] * 1 + [999]):
        with refused("no_errand"):
            actions.draw_ticket(hall_id=place.hall.pk, errand_ids=wanted, at=clock.now())
    with pytest.raises(ContactRefused):
        book(place, slot_at(place), contact="not an address @")
    assert not Ticket.objects.exists()


@pytest.mark.django_db
def test_a_whole_visit_of_two_errands(place: Place, now: Any) -> None:
    sit(place)
    ticket = draw(place, place.card, place.family)
    now.shift(timedelta(minutes=4))
    assert press("call_next", place.one, place.sari).pk == ticket.pk
    assert use(ticket).waited == 240
    now.shift(timedelta(minutes=1))
    press("begin", place.one, place.sari)
    now.shift(timedelta(minutes=7))
    press("finish", place.one, place.sari)
    use(ticket)
    assert (ticket.state, ticket.errand_id, ticket.rest, ticket.number) == ("waiting", place.family.pk, [], 1)
    serving = Serving.objects.get()
    assert (serving.errand_id, serving.ended_at - serving.began_at) == (place.card.pk, timedelta(minutes=7))
    # in line since the beginning of the visit: before somebody who came while it was served
    other = draw(place, place.family)
    assert press("call_next", place.two, place.budi).pk == ticket.pk
    press("begin", place.two, place.budi)
    press("finish", place.two, place.budi)
    assert use(ticket).state == "done"
    # the wait that is judged is the one until the first call
    assert ticket.waited == 240
    assert use(other).state == "waiting"
    known = queries.serving_time(use(place.card))
    assert known.count == 1
    assert 420 <= known.mean < 600


@pytest.mark.django_db
def test_one_call_in_three_is_a_priority_one(place: Place, now: Any) -> None:
    sit(place)
    for priority in ("", "", "", "age", ""):
        now.shift(timedelta(seconds=1))
        draw(place, priority=priority)
    order = []
    for _call in range(5):
        ticket = press("call_next", place.one, place.sari)
        order.append(ticket.number)
        press("begin", place.one, place.sari)
        press("finish", place.one, place.sari)
    assert order == [1, 2, 4, 3, 5]
    assert use(place.hall).calls_since_priority == 2


@pytest.mark.django_db
def test_a_missed_call_and_coming_back(place: Place, now: Any) -> None:
    sit(place)
    ticket, other = draw(place), draw(place)
    press("call_next", place.one, place.sari)
    with refused("too_early"):
        press("miss", place.one, place.sari)
    press("call_again", place.one, place.sari)
    press("call_again", place.one, place.sari)
    press("miss", place.one, place.sari)
    assert (use(ticket).state, ticket.calls, ticket.counter) == ("no_show", 3, None)
    now.shift(timedelta(minutes=29))
    actions.come_back(ticket_id=ticket.pk, at=clock.now())
    # to the front, before somebody who waits for longer
    assert press("call_next", place.one, place.sari).pk == ticket.pk
    assert use(other).state == "waiting"
    late = use(ticket)
    Ticket.objects.filter(pk=late.pk).update(
        state="no_show", counter=None, ended_at=clock.now() - timedelta(minutes=31)
    )
    with refused("too_late"):
        actions.come_back(ticket_id=late.pk, at=clock.now())
    assert Event.objects.filter(kind="TicketMissed").count() == 1


@pytest.mark.django_db
def test_handed_on_to_the_right_counter(place: Place, now: Any) -> None:
    sit(place)
    waiting = draw(place, place.family)
    ticket = draw(place)
    press("call_next", place.one, place.sari)
    press("hand_on", place.one, place.sari, errand_id=place.family.pk)
    assert press("call_next", place.two, place.budi).pk == ticket.pk
    assert use(waiting).state == "waiting"


def slot_at(place: Place, hour: int = 10, day: date = date(2026, 11, 26)) -> datetime:
    found = queries.slots(place.hall, day=day, errands=[place.card], at=clock.now())
    return next(slot.at for slot in found if slot.at.hour == hour and slot.at.minute == 0)


def book(place: Place, slot: datetime, **more: Any) -> Ticket:
    return actions.book(hall_id=place.hall.pk, errand_ids=[place.card.pk], slot=slot, at=clock.now(), **more).ticket


@pytest.mark.django_db
def test_a_slot_is_never_booked_too_often(place: Place, now: Any) -> None:
    # two counters, thirty minutes, ten minutes each, half for walk-ins: three
    slot = slot_at(place)
    booked = [book(place, slot) for _ in range(3)]
    with refused("full"):
        book(place, slot)
    assert SlotCount.objects.get().taken == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        SlotCount.objects.update(taken=4)
    actions.cancel(ticket_id=booked[0].pk, at=clock.now())
    actions.cancel(ticket_id=booked[1].pk, at=clock.now())
    with refused("moved_on"):
        actions.cancel(ticket_id=booked[0].pk, at=clock.now())
    assert SlotCount.objects.get().taken == 1
    later = slot_at(place, 11)
    actions.move_booking(ticket_id=booked[2].pk, slot=later, at=clock.now())
    assert dict(SlotCount.objects.values_list("at", "taken")) == {slot: 0, later: 1}


@pytest.mark.django_db
def test_only_slots_can_be_booked(place: Place, now: Any) -> None:
    good = slot_at(place)
    for bad in (good + timedelta(minutes=1), MORNING - timedelta(hours=1), good + timedelta(days=60)):
        with refused("closed"):
            book(place, bad)
    assert not Ticket.objects.exists()
    assert not SlotCount.objects.exists()


@pytest.mark.django_db
def test_an_appointment_is_called_at_its_time(place: Place, now: Any) -> None:
    sit(place)
    ticket = book(place, slot_at(place))
    with refused("other_day"):
        actions.arrive(ticket_id=ticket.pk, at=clock.now())
    now.move_to(slot_at(place) - timedelta(minutes=20))
    walked_in = draw(place)
    actions.arrive(ticket_id=ticket.pk, at=clock.now())
    with refused("drawn"):
        actions.arrive(ticket_id=ticket.pk, at=clock.now())
    assert press("call_next", place.one, place.sari).pk == walked_in.pk
    draw(place)
    now.shift(timedelta(minutes=20))
    assert press("call_next", place.two, place.budi).pk == ticket.pk


@pytest.mark.django_db
def test_who_comes_too_late_waits_like_everybody(place: Place, now: Any) -> None:
    ticket = book(place, slot_at(place))
    now.move_to(slot_at(place) + timedelta(minutes=16))
    actions.arrive(ticket_id=ticket.pk, at=clock.now())
    assert use(ticket).slot is None


@pytest.mark.django_db
def test_who_asked_for_it_is_told(place: Place, now: Any) -> None:
    sit(place)
    first = draw(place, contact="satu@warga.example")
    draw(place, contact="dua@warga.example")
    press("call_next", place.one, place.sari)
    press("call_again", place.one, place.sari)
    told = list(OutboxMessage.objects.order_by("id").values_list("template", flat=True))
    assert told == ["queue_called", "queue_near", "queue_called"]
    booked = book(place, slot_at(place), contact="tiga@warga.example")
    message = OutboxMessage.objects.get(template="queue_booked")
    assert message.resident_id == booked.resident_id
    now.shift(timedelta(days=9))
    actions.close_days(at=clock.now())
    assert use(first).resident is None


@pytest.mark.django_db
def test_every_move_of_an_appointment_is_written_about(place: Place, now: Any) -> None:
    first, second = slot_at(place), slot_at(place, 11)
    with_address, without = book(place, first, contact="satu@warga.example", locale="en"), book(place, first)
    for slot in (second, first, second):
        now.shift(timedelta(seconds=30))
        actions.move_booking(ticket_id=with_address.pk, slot=slot, at=clock.now())
        actions.move_booking(ticket_id=without.pk, slot=slot, at=clock.now())
    messages = OutboxMessage.objects.filter(template="queue_moved").order_by("id")
    assert [message.context["when"].split(", ")[-1] for message in messages] == ["11:00 WIB", "10:00 WIB", "11:00 WIB"]
    assert {(message.resident_id, message.context["hall"], message.expires_at) for message in messages} == {
        (with_address.resident_id, "Balai Layanan", None)
    }


@pytest.mark.django_db
def test_a_day_is_closed_and_summed_once(place: Place, now: Any) -> None:
    sit(place)
    for _ in range(3):
        draw(place)
    now.shift(timedelta(minutes=10))
    press("call_next", place.one, place.sari)
    press("begin", place.one, place.sari)
    book(place, slot_at(place, 14, date(2026, 11, 25)))
    now.shift(timedelta(days=1))
    assert actions.close_days(at=clock.now()) == 1
    assert actions.close_days(at=clock.now()) == 0
    states = sorted(Ticket.objects.values_list("state", flat=True))
    assert states == ["cancelled", "done", "no_show", "no_show"]
    day = HallDay.objects.get()
    assert (day.tickets, day.served, day.no_shows, day.median_wait, day.judged) == (3, 1, 2, 600, 1)
    assert not Counter.objects.filter(officer__isnull=False).exists()


@pytest.mark.django_db
def test_a_building_closes_its_own_line(place: Place, now: Any) -> None:
    waiting, booked = draw(place), book(place, slot_at(place, 14, date(2026, 11, 25)))
    give_to_building(hall=place.hall, actor=STAFF, at=clock.now())
    now.shift(timedelta(days=1))
    actions.close_days(at=clock.now())
    # appointments are the city's, who waits is not
    assert (use(booked).state, use(waiting).state) == ("cancelled", "waiting")
    take_back(hall=place.hall, actor=STAFF, at=clock.now())
    actions.close_days(at=clock.now())
    assert use(waiting).state == "no_show"


@pytest.mark.django_db
def test_days_are_summed_without_reading_every_ticket(place: Place, now: Any, django_assert_num_queries: Any) -> None:
    for _day in range(3):
        draw(place)
        now.shift(timedelta(days=1))
    today = queries.city_day(clock.now())
    HallDay.objects.create(hall=place.hall, day=today - timedelta(days=2), tickets=9, served=9, no_shows=0)
    assert actions.sum_days(before=today) == 2
    # what stands there already is left as it is
    assert list(HallDay.objects.order_by("day").values_list("tickets", flat=True)) == [1, 9, 1]
    # what is known, the halls, and the days of the one hall
    with django_assert_num_queries(3):
        assert actions.sum_days(before=today) == 0
    draw(place)
    now.shift(timedelta(days=401))
    assert actions.sum_days(before=queries.city_day(clock.now())) == 0


@pytest.mark.django_db
def test_the_state_of_a_hall_costs_the_same_however_many_wait(
    place: Place, now: Any, django_assert_num_queries: Any
) -> None:
    sit(place)
    for count in (1, 12):
        for _ in range(count):
            draw(place)
        with django_assert_num_queries(5):
            queries.now_in(place.hall, at=clock.now())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_slot_is_given_once(place: Place) -> None:
    Hall.objects.update(walk_in_share=80)
    place.hall.refresh_from_db()
    day = next(day for day in queries.days_to_book(place.hall, at=clock.now())[1:])
    slot = queries.slots(place.hall, day=day, errands=[place.card], at=clock.now())[0]
    assert slot.free == 1
    gate, ends = Barrier(3), []

    def work() -> None:
        try:
            gate.wait(5)
            book(place, slot.at)
            ends.append("booked")
        except QueueRefused as error:
            ends.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(ends) == ["booked", "full", "full"]


@pytest.mark.django_db
def test_calls_are_counted_for_each_line(place: Place, now: Any) -> None:
    sit(place)
    ticket = draw(place, place.card, place.family, contact="satu@warga.example")
    for _ in range(2):
        press("call_next" if use(ticket).state == "waiting" else "call_again", place.one, place.sari)
        now.shift(timedelta(minutes=1))
    press("hand_on", place.one, place.sari, errand_id=place.family.pk)
    assert (use(ticket).calls, use(ticket).rest) == (0, [])
    press("call_next", place.two, place.budi)
    # one call is not enough to say that nobody came, and it is written about although it is the first once more
    with refused("too_early"):
        press("miss", place.two, place.budi)
    assert OutboxMessage.objects.filter(template="queue_called").count() == 3
