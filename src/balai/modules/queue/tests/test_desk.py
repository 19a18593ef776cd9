"""What officers and those who set a hall up see and do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.units.models import Holding
from balai.modules.queue import actions
from balai.modules.queue.models import Errand, Hall
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
