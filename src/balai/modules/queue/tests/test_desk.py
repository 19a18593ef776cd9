"""What officers and those who set a hall up see and do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.calendar.actions import create_schedule
from balai.foundation.calendar.rules import OFFICE_5
from balai.foundation.events.rules import SYSTEM
from balai.foundation.identity.models import Role
from balai.foundation.units.models import Holding
from balai.modules.queue import actions
from balai.modules.queue.actions.set_up import give_to_building
from balai.modules.queue.models import Counter, Errand, Hall, Ticket
from balai.modules.queue.tests.conftest import Place, use
from balai.modules.queue.tests.test_pages import press, text

pytestmark = pytest.mark.django_db


def test_the_second_press_changes_nothing(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    staff = signed_in(place.sari)
    press(staff, place, place.one, "sit")
    for _ in range(2):
        actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now())
    press(staff, place, place.one, "next")
    assert "Somebody is at this counter" in press(staff, place, place.one, "next")
    press(staff, place, place.one, "begin")
    press(staff, place, place.one, "finish")
    assert "This has changed meanwhile" in press(staff, place, place.one, "finish")
    assert "You do not sit at this counter" in press(signed_in(place.budi), place, place.one, "next")


def test_set_up_from_nothing(place: Place, signed_in: Callable[[Any], Client], english: Client, now: Any) -> None:
    staff = signed_in(place.sari)
    begun = staff.post(
        reverse("queue_desk:halls"), {"name": "Loket Kecamatan", "unit": place.hall.unit_id, "address": "Jl. Contoh 2"}
    )
    hall = Hall.objects.get(name="Loket Kecamatan")
    assert begun["Location"] == reverse("queue_desk:set_up", args=[hall.slug])
    change = reverse("queue_desk:change_hall", args=[hall.slug])
    record = place.card.record_id
    offered = text(staff.get(reverse("queue_desk:set_up", args=[hall.slug])))
    assert f'<option value="{record}">Identity card</option>' in offered
    bad = staff.post(change, {"do": "add_errand", "record": record, "letter": "a1", "usual_minutes": "5"})
    assert bad.status_code == 422
    staff.post(change, {"do": "add_errand", "record": record, "letter": "K", "usual_minutes": "5"})
    errand = Errand.objects.get(hall=hall)
    staff.post(change, {"do": "counter", "number": "1", "errands": [errand.pk]})
    twice = staff.post(change, {"do": "counter", "number": "1", "errands": [errand.pk]})
    assert "There is a counter with this number" in text(twice)
    page = text(staff.get(reverse("queue_desk:set_up", args=[hall.slug])))
    assert hall.kiosk_key in page
    staff.post(change, {"do": "new_key"})
    assert use(hall).kiosk_key not in page
    kept = staff.post(
        reverse("queue_desk:set_up", args=[hall.slug]),
        {"name": "Loket", "address": "", "slot_minutes": "20", "days_ahead": "7", "walk_in_share": "40",
         "priority_every": "1", "calls_before_no_show": "2", "return_minutes": "15", "active": "on"},
    )  # fmt: skip
    assert kept.status_code == 422
    assert (
        english.post(reverse("queue:kiosk", args=[hall.slug, hall.kiosk_key]), {"errand": errand.pk}).status_code == 302
    )
    staff.post(change, {"do": "drop_counter", "id": hall.counters.get().pk})
    staff.post(change, {"do": "drop_errand", "id": errand.pk})
    assert not use(errand).active


def test_a_counter_is_freed_by_a_colleague(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    sari, budi = signed_in(place.sari), signed_in(place.budi)
    board, counter = reverse("queue_desk:board", args=["balai"]), reverse("queue_desk:counter", args=["balai", 1])
    actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.card.pk], at=clock.now())
    assert "Free this counter" not in text(budi.get(board))
    assert "Free this counter" not in text(budi.get(counter))
    press(sari, place, place.one, "sit")
    press(sari, place, place.one, "next")
    assert "Free this counter" not in text(sari.get(counter))
    page = text(budi.get(counter))
    assert "For when Sari is not here any more. A-001 goes back to the front of the line." in page
    assert f'name="officer" value="{place.sari.pk}"' in page
    press(sari, place, place.one, "begin")
    assert "A-001 counts as served." in text(budi.get(board))
    # somebody else sits there by now
    assert "This has changed meanwhile" in press(budi, place, place.one, "free", officer=place.budi.pk)
    assert "Counter 1 is free" in press(budi, place, place.one, "free", officer=place.sari.pk, back="board")
    assert "You do not sit at this counter" in press(sari, place, place.one, "finish")
    assert (use(Ticket.objects.get()).state, use(place.one).officer_id) == ("done", None)


def settings_of(page: Any) -> dict[str, str]:
    """Return what a browser would send from the settings of a hall, as the page shows them."""
    (form,) = [form for form in page.content.decode().split("<form") if 'name="slot_minutes"' in form]
    inputs = [
        dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form.split("</form>")[0])
    ]
    return {each["name"]: each.get("value", "on") for each in inputs if each["name"] != "csrfmiddlewaretoken"}


def test_two_who_change_the_settings_at_once(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    staff, address = signed_in(place.sari), reverse("queue_desk:set_up", args=["balai"])
    mine, theirs = settings_of(staff.get(address)), settings_of(staff.get(address))
    assert staff.post(address, {**theirs, "days_ahead": "3", "address": "<b>Jl. Lain"}).status_code == 302
    late = staff.post(address, {**mine, "slot_minutes": "45"})
    assert late.status_code == 409
    said = text(late)
    assert "Somebody else changed these settings meanwhile" in said
    assert "There now: 3<" in said
    assert "There now: &lt;b&gt;Jl. Lain" in said
    # what was typed is kept, what is there is not overwritten
    assert settings_of(late)["slot_minutes"] == "45"
    assert (use(place.hall).slot_minutes, place.hall.days_ahead) == (30, 3)
    # sent once more it is meant
    assert staff.post(address, {**settings_of(late), "days_ahead": "3"}).status_code == 302
    assert (use(place.hall).slot_minutes, place.hall.days_ahead, place.hall.address) == (45, 3, "Jl. Contoh 1")


def test_no_hours_of_its_own_are_the_citys(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    staff, address = signed_in(place.sari), reverse("queue_desk:set_up", args=["balai"])
    page = staff.get(address)
    assert '<option value="" selected>The city&#x27;s office hours</option>' in page.content.decode()
    # also where somebody else took the hall's own away
    own = create_schedule(slug="loket", name="Jam loket", week=OFFICE_5, at=clock.now())
    late = staff.post(address, {**settings_of(page), "schedule": own.pk, "revision": "9"})
    assert "There now: The city&#x27;s office hours" in text(late)


def test_a_key_for_the_building_does_not_make_the_page_old(
    place: Place, signed_in: Callable[[Any], Client], now: Any
) -> None:
    staff, address = signed_in(place.sari), reverse("queue_desk:set_up", args=["balai"])
    page = staff.post(reverse("queue_desk:change_hall", args=["balai"]), {"do": "give_to_building"})
    assert "Take the hall back" in text(page)
    assert staff.post(address, {**settings_of(page), "days_ahead": "5"}).status_code == 302
    assert use(place.hall).days_ahead == 5


def test_a_counter_serves_something_else(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    staff, change = signed_in(place.sari), reverse("queue_desk:change_hall", args=["balai"])
    page = staff.get(reverse("queue_desk:set_up", args=["balai"])).content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    row = {"do": "counter", "id": place.one.pk, "number": "1"}
    # the row holds what the counter is now
    assert f'name="number" value="1" min="1" max="999" required id="id_counter{place.one.pk}_number"' in page
    boxes = re.findall(rf'<input[^>]*id="id_counter{place.one.pk}_errands_\d"[^>]*>', page)
    assert ["checked" in box for box in boxes] == [True, False]
    assert staff.post(change, {**row, "errands": [place.family.pk]}).status_code == 302
    assert list(place.one.errands.all()) == [place.family]
    # a number of another counter is refused, in the row where it was typed
    refused = staff.post(change, {**row, "number": "2", "errands": [place.family.pk]})
    assert refused.status_code == 422
    rows = refused.content.decode().split('<li class="b-row">')
    (wrong,) = [part for part in rows if "There is a counter with this number" in part]
    assert f'name="id" value="{place.one.pk}"' in wrong
    assert " open>" in wrong
    assert (use(place.one).number, use(place.two).number) == (1, 2)
    staff.post(change, {**row, "number": "7", "errands": [place.family.pk]})
    assert use(place.one).number == 7
    # somebody has taken it away meanwhile: nothing comes back by itself
    staff.post(change, {"do": "drop_counter", "id": place.one.pk})
    assert "This has changed meanwhile" in text(staff.post(change, {**row, "errands": [place.card.pk]}, follow=True))
    assert not use(place.one).active
    taken = staff.post(change, {**row, "id": place.two.pk, "number": "7", "errands": [place.card.pk]})
    assert "was taken away. Add it again" in text(taken)


def test_the_set_up_costs_the_same_however_many_counters(
    place: Place, signed_in: Callable[[Any], Client], now: Any, django_assert_max_num_queries: Any
) -> None:
    staff, address = signed_in(place.sari), reverse("queue_desk:set_up", args=["balai"])
    with CaptureQueriesContext(connection) as few:
        staff.get(address)
    for number in range(3, 20):
        Counter.objects.create(hall=place.hall, number=number).errands.set([place.card, place.family])
    with django_assert_max_num_queries(len(few)):
        staff.get(address)


def test_what_nobody_comes_for_any_more_is_served_to_the_end(
    place: Place, signed_in: Callable[[Any], Client], now: Any
) -> None:
    staff, change = signed_in(place.sari), reverse("queue_desk:change_hall", args=["balai"])
    actions.draw_ticket(hall_id=place.hall.pk, errand_ids=[place.family.pk], at=clock.now())
    staff.post(change, {"do": "drop_errand", "id": place.family.pk})
    staff.post(change, {"do": "counter", "id": place.two.pk, "number": "2", "errands": [place.card.pk]})
    press(staff, place, place.two, "sit")
    assert "B-001" in press(staff, place, place.two, "next")


def test_the_building_knows_its_counters_by_number(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    give_to_building(hall=place.hall, actor=SYSTEM, at=clock.now())
    staff, change = signed_in(place.sari), reverse("queue_desk:change_hall", args=["balai"])
    row = {"do": "counter", "id": place.one.pk, "number": "9", "errands": [place.family.pk]}
    assert staff.post(change, row).status_code == 422
    staff.post(change, {**row, "number": "1"})
    assert (use(place.one).number, list(place.one.errands.all())) == (1, [place.family])


def test_walls(place: Place, signed_in: Callable[[Any], Client], now: Any) -> None:
    outsider, budi = signed_in(place.outsider), signed_in(place.budi)
    for name in ("board", "set_up"):
        assert outsider.get(reverse(f"queue_desk:{name}", args=["balai"])).status_code == 404
    assert outsider.post(reverse("queue_desk:press", args=["balai", 1]), {"do": "sit"}).status_code == 404
    # serving is not setting up
    assert budi.get(reverse("queue_desk:set_up", args=["balai"])).status_code == 403
    assert budi.post(reverse("queue_desk:change_hall", args=["balai"]), {"do": "new_key"}).status_code == 403
    assert budi.post(reverse("queue_desk:halls"), {"name": "X"}).status_code == 403
    Holding.objects.filter(user=place.sari).delete()
    assert signed_in(place.sari).get(reverse("queue_desk:halls")).status_code == 403
    assert Client().get(reverse("queue_desk:halls")).status_code == 302


def test_who_only_sets_up_sees_the_board_and_serves_nobody(
    place: Place, signed_in: Callable[[Any], Client], now: Any
) -> None:
    Role.objects.filter(slug="role-sari").update(permissions=["queue.manage"])
    actions.sit_down(counter_id=place.one.pk, user_id=place.budi.pk, at=clock.now())
    staff = signed_in(place.sari)
    board = reverse("queue_desk:board", args=["balai"])
    assert board in text(staff.get(reverse("queue_desk:halls")))
    page = staff.get(board)
    assert page.status_code == 200
    # nothing is offered that would be refused
    assert reverse("queue_desk:counter", args=["balai", 1]) not in text(page)
    assert "Free this counter" not in text(page)
    assert staff.get(reverse("queue_desk:counter", args=["balai", 1])).status_code == 403
    assert staff.post(reverse("queue_desk:press", args=["balai", 1]), {"do": "free"}).status_code == 403
    assert use(place.one).officer_id == place.budi.pk
