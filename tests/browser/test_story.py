"""The whole promise in one story: reported, answered, doubted, escalated by the clock, answered again, confirmed.

Driven through a real browser from three sides (reporter, officer, anybody), with script and without.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.examples.contributions import SignIn
from balai.foundation.jobs.worker import Worker
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.units.example import sign_ins
from tests.example_city import build_example_city, forget_memory

WIDTHS = {"desktop": (1280, 800), "telephone": (360, 740)}
OFFICER = "petugas.pupr@contoh.malang.example"
WORDS = "Jalan berlubang besar di depan sekolah, sudah dua orang jatuh."
# longer than one and a half times the promise, with holidays: every rung of the ladder is due
LONG_SILENCE = timedelta(days=45)


@dataclass
class City:
    """A served city whose clock the test moves."""

    url: str
    move_clock: Callable[[timedelta], None]

    def work(self) -> None:
        """Let the worker do everything that is due."""
        Worker().run_once()


@pytest.fixture
def city(transactional_db: None, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    build_example_city()
    real_now, passed = clock.now, [timedelta()]

    def later_now() -> datetime:
        return real_now() + passed[0]

    def move_clock(by: timedelta) -> None:
        passed[0] += by

    monkeypatch.setattr(clock, "now", later_now)
    yield City(live_server.url, move_clock)
    forget_memory()


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Return the paths of a photo of the place and of a photo as proof."""
    paths = [tmp_path / "lubang.jpg", tmp_path / "ditambal.jpg"]
    for path, colour in zip(paths, ("dimgrey", "lightgrey"), strict=True):
        Image.new("RGB", (1200, 900), colour).save(path)
    return [str(path) for path in paths]


@dataclass
class People:
    """Each in a browser window of their own."""

    reporter: Page
    later: Page
    officer: Page
    anybody: Page


@pytest.fixture(params=["script-desktop", "script-telephone", "plain-desktop", "plain-telephone"])
def people(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[tuple[People, bool]]:
    how, size = request.param.split("-")
    width, height = WIDTHS[size]
    windows: list[BrowserContext] = []
    errors: list[str] = []

    def open_window() -> Page:
        context = chromium.new_context(
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            viewport={"width": width, "height": height},
            java_script_enabled=how == "script",
        )
        context.set_default_timeout(15_000)
        windows.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "response", lambda answer: errors.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        )
        return page

    yield People(*(open_window() for _ in range(4))), how == "script"
    for window in windows:
        window.close()
    assert errors == []


def test_from_the_street_to_confirmed_fixed(people: tuple[People, bool], city: City, photos: list[str]) -> None:
    who, has_script = people
    confirmed_before, received_before = _public_counts(who.anybody, city)
    code = (_report_step_by_step if has_script else _report_on_one_page)(who.reporter, city, photos[0])
    case = Case.objects.select_related("unit").get()
    assert (case.unit.slug, case.state, case.privacy) == ("dinas-pupr", "assigned", "named")
    city.work()
    assert OutboxMessage.objects.filter(resident_id=case.reporter_id, state="sent").exists()

    _sign_in(who.officer, city)
    _open_at_desk(who.officer, city, case.reference)
    _press(who.officer, "Mulai kerjakan")
    _answer(who.officer, "Lubang sudah ditambal pagi ini.", photos[1])
    assert _state(case) == "answered"
    city.work()

    # another telephone: nothing is remembered there, number and code open the conversation
    _open_with_code(who.later, city, case.reference, code)
    expect(who.later.get_by_text("Lubang sudah ditambal pagi ini.").first).to_be_visible()
    who.later.locator("summary", has_text="Belum selesai, buka lagi").first.click()
    who.later.fill("#reopen_text", "Tambalannya sudah lepas lagi.")
    who.later.get_by_role("button", name="Belum selesai, buka lagi").click()
    who.later.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.reopened_count) == ("assigned", 1)

    city.move_clock(LONG_SILENCE)
    city.work()
    case.refresh_from_db()
    assert case.escalation_level == 3
    mayor_was_told = OutboxMessage.objects.filter(user__email="walikota@contoh.malang.example", subject_id=case.pk)
    assert mayor_was_told.exists()
    who.anybody.goto(f"{city.url}/complaints/{case.reference}/")
    climbed = who.anybody.locator(".b-timeline").inner_text()
    assert re.search("wali kota|the mayor", climbed, re.IGNORECASE), climbed

    _open_at_desk(who.officer, city, case.reference)
    _answer(who.officer, "Ditambal ulang dengan aspal panas dan diperiksa mandor.", photos[1])
    city.work()

    who.later.goto(f"{city.url}/complaints/mine/{case.reference}/")
    who.later.locator("#confirm_rating").select_option("4")
    who.later.get_by_role("button", name="Ya, sudah selesai").click()
    who.later.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.confirmed, case.rating, case.is_open) == ("done_confirmed", True, 4, False)

    city.move_clock(timedelta(minutes=20))
    city.work()
    assert _public_counts(who.anybody, city) == (confirmed_before + 1, received_before + 1)
    _look_as_anybody(who.anybody, city, case)


def _report_step_by_step(page: Page, city: City, photo: str) -> str:
    forward = page.get_by_role("button", name="Lanjut", exact=True)
    page.goto(f"{city.url}/complaints/new/")
    page.set_input_files("#id_photo", photo)
    page.get_by_text("Tambah foto").wait_for()
    forward.click()
    page.locator("#id_village").select_option(label="Lowokwaru")
    forward.click()
    page.fill("#id_text", WORDS)
    forward.click()
    page.locator("label[for=suggested-road-damage]").click()
    forward.click()
    page.fill("#id_name", "Rina Contohwati")
    page.fill("#id_email", "rina@warga.example")
    forward.click()
    page.locator("#promise").get_by_text("Dinas Pekerjaan Umum").first.wait_for()
    # faster than a person can write would be refused
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Kirim laporan").click()
    return _code(page)


def _report_on_one_page(page: Page, city: City, photo: str) -> str:
    page.goto(f"{city.url}/complaints/new/")
    page.set_input_files("#id_photo", photo)
    page.locator("#id_village").select_option(label="Lowokwaru")
    page.fill("#id_text", WORDS)
    if not page.locator("label[for=category-road-damage]").is_visible():
        page.locator("details.c-group", has=page.locator("#category-road-damage")).locator("summary").click()
    page.locator("label[for=category-road-damage]").click()
    page.fill("#id_name", "Rina Contohwati")
    page.fill("#id_email", "rina@warga.example")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Lanjut ke pemeriksaan").click()
    expect(page.get_by_text("Dinas Pekerjaan Umum").first).to_be_visible()
    page.get_by_role("button", name="Kirim laporan").click()
    return _code(page)


def _code(page: Page) -> str:
    page.wait_for_load_state()
    assert page.url.endswith("/complaints/thanks/"), page.inner_text("main")
    return page.inner_text(".c-number__code").strip()


def _sign_in(page: Page, city: City) -> None:
    account: SignIn = next(row for row in sign_ins() if row.email == OFFICER)
    page.goto(f"{city.url}/desk/complaints/")
    page.fill("input[name=login]", account.email)
    page.fill("input[name=password]", account.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    page.fill("input[name=code]", format_hotp_value(hotp_value(account.secret, int(time()) // 30)))
    page.press("input[name=code]", "Enter")
    page.wait_for_url("**/desk/**")


def _open_at_desk(page: Page, city: City, reference: str) -> None:
    page.goto(f"{city.url}/desk/complaints/")
    page.locator("a.b-row__title", has_text="Jalan berlubang").click()
    page.wait_for_url(f"**/desk/complaints/{reference}/")


def _press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def _answer(page: Page, words: str, proof: str) -> None:
    # a form already there, or a link that fetches it: by itself where scripts run, as a whole page where not
    page.locator("a#change-answer, #change-answer > summary").click()
    page.fill("#answer_text", words)
    page.set_input_files("#answer_proof", proof)
    page.locator("#change-answer form button.b-button").click()
    page.wait_for_load_state()
    expect(page.locator(".b-timeline").get_by_text(words).first).to_be_visible()


def _open_with_code(page: Page, city: City, reference: str, code: str) -> None:
    page.goto(f"{city.url}/complaints/follow/")
    page.fill("#id_number", reference)
    page.fill("#id_code", code)
    page.locator("form.c-find button").click()
    page.wait_for_url(f"**/complaints/mine/{reference}/")


def _state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def _public_counts(page: Page, city: City) -> tuple[int, int]:
    """Return how many reports are confirmed and received, from the page, and see that the open data say the same."""
    page.goto(f"{city.url}/complaints/statistics/")
    figures = page.locator(".b-figures")
    if not figures.count():
        shown = (0, 0)
    else:
        text = figures.inner_text()
        confirmed = re.search(r"([\d.]+) laporan", text)
        received = re.search(r"Diterima\s+([\d.]+)", text)
        assert confirmed, text
        assert received, text
        shown = (int(confirmed[1]), int(received[1]))
    data = page.request.get(f"{city.url}/complaints/statistics.csv").text()
    rows = list(csv.DictReader(line for line in io.StringIO(data) if not line.startswith("#")))
    whole = [row for row in rows if row["dimension"] == "all"]
    assert (sum(int(row["confirmed"]) for row in whole), sum(int(row["received"]) for row in whole)) == shown
    return shown


def _look_as_anybody(page: Page, city: City, case: Case) -> None:
    page.goto(f"{city.url}/complaints/{case.reference}/")
    text = page.inner_text("main")
    for words in (
        "Selesai, dibenarkan pelapor",
        WORDS,
        "Lubang sudah ditambal pagi ini.",
        "Tambalannya sudah lepas lagi.",
        "Ditambal ulang dengan aspal panas dan diperiksa mandor.",
    ):
        assert words in text
    # the reporter is nobody here
    for secret in ("Rina", "Contohwati", "rina@warga.example"):
        assert secret not in page.content()
    for picture in page.locator("main img").all():
        picture.scroll_into_view_if_needed()
        address = picture.get_attribute("src") or ""
        assert page.request.get(address if address.startswith("http") else city.url + address).status == 200
    assert page.evaluate("document.documentElement.scrollWidth") <= (page.viewport_size or {"width": 0})["width"]
