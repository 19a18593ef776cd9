"""A day in a hall: a number is drawn at the machine, called at the counter, shown and said on the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from balai.foundation.calendar import clock
from balai.foundation.events.rules import SYSTEM
from balai.foundation.identity.models import User
from balai.foundation.units.example import DOMAIN
from balai.modules.queue import actions
from balai.modules.queue.models import Hall, Ticket
from tests.example_city import build_example_city, forget_memory

HALL = "loket-disdukcapil"


@pytest.fixture
def url(transactional_db: None, live_server: LiveServer) -> Iterator[str]:
    build_example_city()
    yield live_server.url
    forget_memory()


def _cookie(url: str) -> dict[str, Any]:
    client = Client()
    user = User.objects.get(email=f"kepala.disdukcapil@{DOMAIN}")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.mark.parametrize("script", [True, False])
def test_drawn_called_served(url: str, chromium: Browser, script: bool) -> None:
    errors: list[str] = []
    contexts = [
        chromium.new_context(locale="id-ID", viewport={"width": 1280, "height": 900}, java_script_enabled=script)
        for _ in range(3)
    ]
    hall, desk, television = contexts
    desk.add_cookies([_cookie(url)])  # type: ignore[list-item]
    machine = hall.new_page()
    machine.clock.install()
    machine.on("pageerror", lambda error: errors.append(str(error)))
    machine.goto(f"{url}/queue/hall/{HALL}/machine/{Hall.objects.get(slug=HALL).kiosk_key}/")
    machine.get_by_label("KTP-el").check()
    machine.get_by_label("Hamil").check()
    machine.get_by_role("button", name="Ambil nomor").click()
    machine.get_by_role("heading", name="A-001").wait_for()
    expect(machine.get_by_role("button", name="Cetak")).to_be_visible(visible=script)

    screen = television.new_page()
    screen.on("pageerror", lambda error: errors.append(str(error)))
    screen.goto(f"{url}/queue/hall/{HALL}/screen/")
    screen.get_by_text("Belum ada yang dipanggil hari ini").wait_for()
    if script:
        # SQLite in memory locks whole tables between threads: the screen looks again only when nobody writes
        screen.route("**/screen/", lambda route: route.fulfill(status=204))
        screen.get_by_role("button", name="Nyalakan suara").click()

    counter = desk.new_page()
    counter.goto(f"{url}/desk/queue/{HALL}/counter/1/")
    counter.get_by_role("button", name="Buka loket ini").click()
    counter.get_by_role("button", name="Panggil berikutnya").click()
    counter.get_by_text("Hamil").first.wait_for()
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.priority) == ("called", "pregnancy")
    if script:
        # the screen looks every three seconds by itself
        screen.unroute("**/screen/")
        screen.locator(f"#screen[data-announced^='{ticket.pk}-']").wait_for()
    else:
        screen.reload()
    screen.get_by_text("A-001").wait_for()
    screen.route("**/screen/", lambda route: route.fulfill(status=204))
    # the newest call stands first
    said = screen.locator("[data-say]").first.get_attribute("data-say")
    assert said == "Nomor A satu, silakan ke loket satu."

    counter.get_by_role("button", name="Sudah datang: mulai").click()
    counter.get_by_role("button", name="Selesai").click()
    counter.get_by_role("button", name="Panggil berikutnya").wait_for()
    ticket.refresh_from_db()
    assert ticket.state == "done"
    if script:
        # whoever still reads keeps the number on the machine; after that it is free for the next person
        for _ in range(3):
            machine.keyboard.press("Shift")
            machine.clock.fast_forward(15_000)
        expect(machine.get_by_role("heading", name="A-001")).to_be_visible()
        machine.clock.fast_forward(6_000)
        machine.get_by_role("button", name="Ambil nomor").wait_for()
    for context in contexts:
        context.close()
    assert errors == []


SPEAK = """
speechSynthesis.speak = (speech) => {
  document.body.dataset.said = (document.body.dataset.said || "") + speech.text;
  setTimeout(() => speech.dispatchEvent(new Event("end")), 10);
};
"""


def test_two_calls_between_two_looks_are_both_said(url: str, chromium: Browser) -> None:
    context = chromium.new_context(locale="id-ID")
    screen = context.new_page()
    screen.add_init_script(SPEAK)
    hall, at = Hall.objects.get(slug=HALL), clock.now()
    places = list(zip(hall.counters.all()[:2], User.objects.order_by("pk")[:3], strict=False))

    def call(counter: Any, user: User) -> None:
        errand = counter.errands.first()
        actions.sit_down(counter_id=counter.pk, user_id=user.pk, at=at)
        actions.draw_ticket(hall_id=hall.pk, errand_ids=[errand.pk], at=clock.now())
        actions.call_next(counter_id=counter.pk, user_id=user.pk, actor=SYSTEM, at=clock.now())
        actions.begin(counter_id=counter.pk, user_id=user.pk, at=clock.now())
        actions.finish(counter_id=counter.pk, user_id=user.pk, actor=SYSTEM, at=clock.now())

    # who was called before the page was opened is not called by it
    call(*places[0])
    screen.goto(f"{url}/queue/hall/{HALL}/screen/")
    # nobody looks while somebody writes: SQLite in memory locks whole tables
    screen.route("**/screen/", lambda route: route.fulfill(status=204))
    screen.get_by_role("button", name="Nyalakan suara").click()
    for place in places:
        call(*place)
    screen.unroute("**/screen/")
    said = "Nomor A dua, silakan ke loket satu.Nomor A tiga, silakan ke loket dua."
    expect(screen.locator("body")).to_have_attribute("data-said", said, timeout=20_000)
    context.close()


def test_the_code_and_its_button_stand_apart_on_a_telephone(url: str, chromium: Browser) -> None:
    hall = Hall.objects.get(slug=HALL)
    errand = hall.counters.first().errands.first()
    code = actions.draw_ticket(hall_id=hall.pk, errand_ids=[errand.pk], at=clock.now()).code
    context = chromium.new_context(locale="id-ID", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{url}/queue/ticket/{code}/")
    written = page.get_by_text(code, exact=True).bounding_box()
    button = page.get_by_role("button", name="Salin alamatnya").bounding_box()
    assert written is not None
    assert button is not None
    assert button["y"] - (written["y"] + written["height"]) >= 12
    context.close()
