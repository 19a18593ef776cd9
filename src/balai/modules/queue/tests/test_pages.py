"""What people, machines and officers see of a hall."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as settings_of_city
from django.test import Client
from django.urls import reverse

from balai.engines.catalogs.models import Record
from balai.foundation.calendar import clock
from balai.foundation.calendar.actions import add_city_day, create_schedule
from balai.foundation.events.rules import SYSTEM
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.places.models import City
from balai.modules.queue import actions, views
from balai.modules.queue.actions.set_up import give_to_building
from balai.modules.queue.links import links_of
from balai.modules.queue.models import Counter, Errand, Hall, Ticket
from balai.modules.queue.tests.conftest import Place, use
from balai.modules.queue.tests.test_actions import slot_at

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def machine(place: Place, **more: Any) -> str:
    return reverse("queue:kiosk", args=[place.hall.slug, place.hall.kiosk_key])


def press(staff: Client, place: Place, counter: Counter, do: str, **more: Any) -> str:
    address = reverse("queue_desk:press", args=[place.hall.slug, counter.number])
    return text(staff.post(address, {"do": do, **more}, follow=True))


def test_from_the_machine_to_done(place: Place, english: Client, signed_in: Callable[[Any], Client], now: Any) -> None:
    assert "Identity card" in text(english.get(machine(place)))
    drawn = english.post(machine(place), {"errand": place.card.pk, "priority": "age"}, follow=True)
    said = text(drawn)
    assert "A-001" in said
    assert "No counter for this is open" in said
    code = re.search(r'class="b-ticket">([A-Z0-9]{10})<', drawn.content.decode())
    assert code is not None
    mine = reverse("queue:ticket", args=[code[1]])
    assert "nobody can say how long" in text(english.get(mine))
    staff = signed_in(place.sari)
    assert "Nobody sits here" in text(staff.get(reverse("queue_desk:counter", args=["balai", 1])))
    press(staff, place, place.one, "sit")
    assert "your turn in a moment" in text(english.get(mine))
    called = press(staff, place, place.one, "next")
    assert "A-001" in called
    assert "60 years or older" in called
    assert "Please come to counter 1 now" in text(english.get(mine, headers={"HX-Request": "true"}))
    shown = english.get(reverse("queue:screen", args=["balai"])).content.decode()
    assert 'data-say="Number A 1, please come to counter 1."' in shown
    assert "Nomor A satu" in Client().get(reverse("queue:screen", args=["balai"])).content.decode()
    press(staff, place, place.one, "begin")
    press(staff, place, place.one, "finish")
    assert "Done." in text(english.get(mine))
    board = text(staff.get(reverse("queue_desk:board", args=["balai"])))
    assert "Nobody waits." in board


def test_a_machine_without_its_key_draws_nothing(place: Place, english: Client, now: Any) -> None:
    wrong = reverse("queue:kiosk", args=["balai", "x" * 24])
    assert english.get(wrong).status_code == 404
    assert english.post(wrong, {"errand": place.card.pk}).status_code == 404
    old = machine(place)
    actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now())
    Hall.objects.update(kiosk_key="another")
    assert english.post(old, {"errand": place.card.pk}).status_code == 404
    assert Ticket.objects.count() == 1


def test_the_machine_speaks_the_language_of_who_stands_there(place: Place, now: Any) -> None:
    City.objects.update(is_example=True)
    browser = Client()
    page = text(browser.get(machine(place)))
    assert "Balai Layanan" in page
    assert "Data contoh" in page
    assert 'href="?language=en"' in page
    english = browser.get(f"{machine(place)}?language=en")
    assert "What do you come for?" in text(english)
    assert english["Content-Language"] == "en"
    drawn = browser.post(f"{machine(place)}?language=en", {"errand": place.card.pk})
    ticket = Ticket.objects.get()
    assert ticket.locale == "en"
    assert "Next person" in text(browser.get(drawn["Location"]))
    # whoever comes next finds the machine's own language
    assert "Data contoh" in text(browser.get(machine(place)))
    assert "What do you come for?" not in text(browser.get(f"{machine(place)}?language=xx"))


def test_a_paper_ticket_has_a_square_that_opens_it(
    place: Place, english: Client, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(views, "code_svg", lambda parts: seen.append(parts) or "<svg id=square></svg>")
    page = english.post(machine(place), {"errand": place.card.pk}, follow=True)
    assert "<svg id=square></svg>" in text(page)
    ((address,),) = seen
    assert "Code of this ticket" in text(english.get(address.removeprefix(settings_of_city.BALAI_BASE_URL)))


def test_the_machine_says_what_is_wrong_with_a_code(place: Place, english: Client, now: Any) -> None:
    def booked(hour: int, day: date = date(2026, 11, 25)) -> actions.Drawn:
        slot = slot_at(place, hour, day)
        return actions.book(hall_id=place.hall.pk, errand_ids=[place.card.pk], slot=slot, at=clock.now())

    def typed(code: str) -> str:
        answer = english.post(machine(place), {"code": code})
        assert answer.status_code == 422
        return text(answer)

    today, tomorrow, back = booked(10), booked(10, date(2026, 11, 26)), booked(11)
    assert "Compare it sign by sign" in typed("ABCDEFGH23")
    assert "is for another day" in typed(tomorrow.code)
    actions.cancel(ticket_id=back.ticket.pk, at=clock.now())
    assert "was given back" in typed(back.code)
    english.post(machine(place), {"code": today.code})
    assert "was drawn already" in typed(today.code)
    other = Hall.objects.create(slug="lain", name="Balai Lain", unit=place.hall.unit)
    Ticket.objects.filter(pk=tomorrow.ticket.pk).update(hall=other)
    assert "is at another place" in typed(tomorrow.code)
    # whoever comes a day late is told about the day, although the night gave the appointment back
    late = booked(11)
    now.shift(timedelta(days=1))
    actions.close_days(at=clock.now())
    assert "is for another day" in typed(late.code)


def test_booked_moved_given_back(place: Place, english: Client, now: Any) -> None:
    address = reverse("queue:book", args=["balai"])
    slot = slot_at(place)
    page = text(english.get(address, {"errand": place.card.pk, "day": "2026-11-26"}))
    assert "10:00" in page
    assert "3 places" in page
    given = {"errand": place.card.pk, "day": "2026-11-26", "slot": slot.isoformat(), "contact": "rina@warga.example"}
    assert "Choose a time" in text(english.post(address, {**given, "slot": "kapan saja"}))
    assert english.post(address, {**given, "contact": "@"}).status_code == 422
    booked = english.post(address, given)
    mine = booked["Location"]
    assert "Type the code at the ticket machine" in text(english.get(mine))
    assert OutboxMessage.objects.get().template == "queue_booked"
    code = mine.rstrip("/").rsplit("/", 1)[-1]
    file = english.get(reverse("queue:calendar", args=[code]))
    assert file["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261126T030000Z\r\n" in file.content.decode()
    later = slot_at(place, 11)
    assert "Until now" in text(english.get(reverse("queue:move", args=[code])))
    english.post(reverse("queue:change", args=[code]), {"do": "move", "slot": later.isoformat()})
    assert Ticket.objects.get().slot == later
    # at the machine, on the day
    now.move_to(later - timedelta(minutes=10))
    arrived = english.post(machine(place), {"code": f"{code[:5]} {code[5:]}".lower()}, follow=True)
    assert "A-001" in text(arrived)
    english.post(reverse("queue:change", args=[code]), {"do": "cancel"})
    assert use(Ticket.objects.get()).state == "cancelled"
    assert "This has changed meanwhile" in text(
        english.post(reverse("queue:change", args=[code]), {"do": "cancel"}, follow=True)
    )


def test_what_was_chosen_stands_still_while_times_are_shown(place: Place, english: Client, now: Any) -> None:
    address, day = reverse("queue:book", args=["balai"]), "2026-11-26"
    both = {"errand": [place.card.pk, place.family.pk], "day": day}
    assert english.get(address).content.decode().count('type="checkbox"') == 2
    # the link from a service's page names an errand and no day
    linked = english.get(address, {"errand": place.family.pk}).content.decode()
    assert re.findall(r'value="(\d+)" checked', linked) == [str(place.family.pk)]
    page = english.get(address, both).content.decode()
    assert 'type="checkbox"' not in page
    hidden = [f'<input type="hidden" name="errand" value="{errand.pk}">' for errand in (place.card, place.family)]
    # another day and the booking both keep the errands
    assert [page.count(each) for each in hidden] == [2, 2]
    change = re.search(r'href="(\?[^"]*change=1)"', page)
    assert change is not None
    again = english.get(address + change[1].replace("&amp;", "&")).content.decode()
    assert again.count(" checked>") == 2
    assert f'value="{day}" selected' in again
    assert 'name="slot"' not in again


def test_a_hall_for_people_without_an_appointment_offers_none(place: Place, english: Client, now: Any) -> None:
    address, hall = reverse("queue:book", args=["balai"]), reverse("queue:hall", args=["balai"])
    booked = actions.book(
        hall_id=place.hall.pk, errand_ids=[place.card.pk], slot=slot_at(place), contact="", at=clock.now()
    )
    slot = slot_at(place, 11)
    says = "This hall takes no appointments"
    assert address in text(english.get(hall))
    Hall.objects.update(walk_in_share=100)
    page = text(english.get(address, {"errand": place.card.pk, "day": "2026-11-26"}))
    assert says in page
    assert 'name="slot"' not in page
    assert 'name="day"' not in page
    chosen = {"errand": place.card.pk, "day": "2026-11-26", "slot": slot.isoformat(), "contact": ""}
    assert english.post(address, chosen).status_code == 422
    assert Ticket.objects.count() == 1
    assert says in text(english.get(hall))
    assert address not in text(english.get(hall))
    assert [link.address for link in links_of(place.card.record)] == [hall]
    # what was promised before stays
    assert "Yours stays as it is" in text(english.get(reverse("queue:move", args=[booked.code])))
    assert english.post(machine(place), {"errand": place.card.pk}).status_code == 302


def test_choosing_nothing_or_too_much_is_said(place: Place, english: Client, now: Any) -> None:
    address = reverse("queue:book", args=["balai"])
    unit = place.hall.unit
    for number in range(3):
        record = Record.objects.create(
            kind="service", slug=f"s{number}", unit=unit, name_id="S", created_at=clock.now()
        )
        place.one.errands.add(Errand.objects.create(hall=place.hall, record=record, letter="C"))
    everything = list(Errand.objects.values_list("pk", flat=True))
    for errands in ([], everything):
        answer = english.get(address, {"errand": errands, "day": "2026-11-26"})
        assert answer.status_code == 422
        assert "Choose what you come for: at least one thing, at most four." in text(answer)
        assert answer.content.decode().count(" checked>") == len(errands)
        assert english.post(machine(place), {"errand": errands}).status_code == 422
    assert not Ticket.objects.exists()


def test_a_contact_is_an_email_address(place: Place, english: Client, now: Any) -> None:
    address = reverse("queue:book", args=["balai"])
    slot = slot_at(place).isoformat()
    given = {"errand": place.card.pk, "day": "2026-11-26", "slot": slot, "contact": "0812 3456 7890"}
    answer = english.post(address, given)
    assert answer.status_code == 422
    assert "This e-mail address cannot be right" in text(answer)
    assert "elephone" not in text(answer).split("<main")[1].split("</main")[0]
    # what was chosen and typed is kept
    assert re.search(r'value="2026-11-26T10:00[^"]*" checked', answer.content.decode())
    assert 'value="0812 3456 7890"' in answer.content.decode()
    assert english.post(address, {**given, "contact": " Rina@Warga.example "}).status_code == 302
    assert OutboxMessage.objects.get().template == "queue_booked"


def test_codes_open_tickets_and_nothing_else(place: Place, english: Client, now: Any) -> None:
    assert english.get(reverse("queue:ticket", args=["AAAAAAAAAA"])).status_code == 404
    assert english.post(reverse("queue:find"), {"code": "salah"}).status_code == 422
    drawn = actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now())
    opened = english.post(reverse("queue:find"), {"code": f" {drawn.code[:5].lower()}-{drawn.code[5:]} "})
    assert opened["Location"] == reverse("queue:ticket", args=[drawn.code])
    # a ticket that was drawn has no slot for a calendar
    assert english.get(reverse("queue:calendar", args=[drawn.code])).status_code == 404


def test_odd_input_is_answered(place: Place, english: Client, now: Any) -> None:
    for query in (
        {"errand": "x"},
        {"errand": "9" * 30},
        {"day": "2026-13-45"},
        {"errand": place.card.pk, "day": "1900-01-01"},
    ):
        assert english.get(reverse("queue:book", args=["balai"]), query).status_code == 200
    assert english.post(machine(place), {}).status_code == 422
    assert english.post(machine(place), {"code": "TIDAKADA"}).status_code == 422
    assert english.get(reverse("queue:hall", args=["tidak-ada"])).status_code == 404


def test_the_hall_says_what_waiting_would_be(
    place: Place, english: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    Counter.objects.filter(pk=place.one.pk).update(officer=place.sari)
    for _ in range(3):
        actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now())
    with django_assert_max_num_queries(14):
        page = text(english.get(reverse("queue:hall", args=["balai"])))
    assert "3 people wait now" in page
    assert "About 30 minutes; in eight of ten cases between" in page
    assert "No counter for this is open" in page
    assert "3 people wait now" in text(english.get(reverse("queue:list")))


def test_the_hall_says_when_it_is_open(place: Place, english: Client, now: Any) -> None:
    pages = [reverse("queue:list"), reverse("queue:hall", args=["balai"])]
    usual = "Monday–Thursday 07:30–16:00"
    assert [usual in text(english.get(page)) for page in pages] == [True, True]
    own = create_schedule(slug="loket", name="Jam loket", week=(((480, 720), (780, 900)),) * 6 + ((),), at=clock.now())
    Hall.objects.update(schedule=own)
    for page in pages:
        said = text(english.get(page))
        assert "Monday–Saturday 08:00–12:00, 13:00–15:00" in said
        assert usual not in said
        assert "Closed today" not in said
    add_city_day(day=date(2026, 11, 25), name="Hari jadi", at=clock.now())
    assert ["Closed today: it is a day off." in text(english.get(page)) for page in pages] == [True, True]


def test_errors_are_published(place: Place, english: Client, now: Any) -> None:
    assert "No day is over yet" in text(english.get(reverse("queue:estimates", args=["balai"])))
    Counter.objects.filter(pk=place.one.pk).update(officer=place.sari)
    actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now())
    now.shift(timedelta(minutes=10))
    actions.call_next(counter_id=place.one.pk, user_id=place.sari.pk, actor=SYSTEM, at=clock.now())
    now.shift(timedelta(days=1))
    actions.close_days(at=clock.now())
    page = text(english.get(reverse("queue:estimates", args=["balai"])))
    assert "25 Nov 2026" in page
    rows = b"".join(english.get(reverse("queue:estimates_csv", args=["balai"])).streaming_content).decode()
    assert rows.splitlines()[1].startswith("2026-11-25,1,0,1,600.0,600.0,1,")


def test_every_call_is_there_to_be_said(place: Place, english: Client, now: Any) -> None:
    """The screen may look after two calls, or after a call of somebody who came back."""
    for counter, user in ((place.one, place.sari), (place.two, place.budi)):
        actions.sit_down(counter_id=counter.pk, user_id=user.pk, at=clock.now())

    def call(name: str, counter: Counter, user: Any) -> None:
        now.shift(timedelta(seconds=1))
        getattr(actions, name)(counter_id=counter.pk, user_id=user.pk, actor=SYSTEM, at=clock.now())

    def said() -> dict[str, str]:
        page = english.get(reverse("queue:screen", args=["balai"])).content.decode()
        return dict(re.findall(r'data-mark="([^"]+)" data-say="Number ([^"]+), please', page))

    tickets = [
        actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now()).ticket
        for _number in range(2)
    ]
    call("call_next", place.one, place.sari)
    call("call_next", place.two, place.budi)
    # the newest stands first
    assert list(said().values()) == ["A 2", "A 1"]
    marks = set(said())
    for _time in range(2):
        call("call_again", place.one, place.sari)
        marks |= set(said())
    call("miss", place.one, place.sari)
    # who is called nowhere any more is said no more
    assert list(said().values()) == ["A 2"]
    actions.come_back(ticket_id=tickets[0].pk, at=clock.now())
    call("call_next", place.one, place.sari)
    assert len(set(said()) - marks) == 1


def test_a_hall_is_given_to_its_building_and_taken_back(
    place: Place, english: Client, signed_in: Callable[[Any], Client], now: Any
) -> None:
    staff = signed_in(place.sari)
    change = reverse("queue_desk:change_hall", args=["balai"])
    page = text(staff.post(change, {"do": "give_to_building"}))
    found = re.search(r"shown only now.*?<p>([\w-]{20,})", page)
    assert found is not None
    assert found[1] not in text(staff.get(reverse("queue_desk:set_up", args=["balai"])))
    # from now on the city draws no number for it
    assert english.post(machine(place), {"errand": place.card.pk}).status_code == 422
    assert not Ticket.objects.exists()
    keep = reverse("queue:keep", args=["balai"])
    good = {"Authorization": f"Bearer {found[1]}"}
    assert english.get(keep).status_code == 401
    wrong = english.get(keep, headers={"Authorization": "Bearer falsch", "Accept-Language": "id"})
    assert (wrong.status_code, wrong["Content-Type"]) == (401, "application/problem+json")
    assert "Kunci" in wrong.json()["detail"]
    given = english.get(keep, headers=good).json()
    assert [row["slug"] for row in given["errands"]] == ["ktp", "kk"]
    row = {
        **dict.fromkeys(("said_middle", "said_low", "said_high", "waited", "slot", "called_at", "serving_at", "ended_at")),
        "token_hash": "x" * 43, "number": 1, "letter": "A", "priority": "", "state": "waiting", "is_back": False,
        "calls": 0, "locale": "id", "since": clock.now().isoformat(), "created_at": clock.now().isoformat(),
        "day": "2026-11-25", "errand": "service/ktp", "rest": [], "counter": None, "servings": [],
    }  # fmt: skip
    sent = {"tickets": [row], "errands": [], "calls_since_priority": 0}

    def post(body: Any) -> int:
        return int(english.post(keep, body, content_type="application/json", headers=good).status_code)

    for bad in (
        "[1",
        {"tickets": [{}], "errands": [], "calls_since_priority": 0},
        {**sent, "tickets": [{**row, "state": "lost"}]},
        {**sent, "tickets": [{**row, "errand": "service/lain"}]},
        {**sent, "tickets": [{**row, "counter": 99}]},
        {**sent, "tickets": [row, {**row, "token_hash": "y" * 43}]},
    ):
        assert post(bad) == 422
    assert not Ticket.objects.exists()
    assert [post(sent), post(sent)] == [200, 200]
    assert Ticket.objects.get().number == 1
    staff.post(change, {"do": "take_back"})
    assert post(sent) == 401
    assert english.post(machine(place), {"errand": place.card.pk}).status_code == 302
    # the series goes on where the building ended
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1, 2]


def test_what_a_building_cannot_mean_is_refused(place: Place, now: Any) -> None:
    key = give_to_building(hall=place.hall, actor=SYSTEM, at=clock.now())
    keep = reverse("queue:keep", args=["balai"])
    good = {"tickets": [], "errands": [], "calls_since_priority": 10**30}
    odd = [{**good, "errands": [{"name": "ktp", "mean": 1e300, "variance": 1.0, "served": 1}]}, "[" * 20_000]
    for body in odd:
        answer = Client().post(keep, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 422
    answer = Client().post(keep, good, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert use(place.hall).calls_since_priority == 10_000
    assert Client().get(reverse("queue:hall", args=["balai"])).status_code == 200


def test_nobody_fills_a_strangers_letter_box(place: Place, english: Client, now: Any) -> None:
    address = reverse("queue:book", args=["balai"])
    given = {"errand": place.card.pk, "slot": "2026-11-26T10:00+07:00", "contact": "orang@lain.example"}
    answers = [english.post(address, {**given, "contact": contact}).status_code for contact in [given["contact"]] * 11]
    assert answers[-1] == 429
    assert OutboxMessage.objects.count() <= 10


def test_moving_to_and_fro_fills_no_letter_box(place: Place, english: Client, now: Any) -> None:
    slots = [slot_at(place, hour).isoformat() for hour in (10, 11)]
    given = {"errand": place.card.pk, "slot": slots[0], "contact": "orang@lain.example"}
    mine = english.post(reverse("queue:book", args=["balai"]), given)["Location"]
    answers = []
    for number in range(1, 11):
        now.shift(timedelta(minutes=1))
        answers.append(english.post(f"{mine}change/", {"do": "move", "slot": slots[number % 2]}).status_code)
    assert answers == [302] * 9 + [429]
    assert OutboxMessage.objects.count() == 10


def test_a_number_names_every_errand_and_promises_no_turn_while_all_is_closed(
    place: Place, english: Client, now: Any
) -> None:
    drawn = english.post(machine(place), {"errand": [place.card.pk, place.family.pk]}, follow=True)
    page = text(drawn)
    assert "Identity card, Family card" in page
    # nobody sits at a counter
    assert "You are next" not in page
    assert "No counter for this is open" in page
    actions.sit_down(counter_id=place.two.pk, user_id=place.sari.pk, at=clock.now())
    again = text(english.post(machine(place), {"errand": [place.family.pk]}, follow=True))
    assert "No counter for this is open" not in again
