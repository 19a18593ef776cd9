"""A service from the first press to the signed paper, on a telephone and at the counter, with script and without."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.identity.models import User
from balai.foundation.jobs.worker import Worker
from balai.foundation.payments.models import Bill
from balai.foundation.units.models import Holding
from balai.modules.services.models import SurveyAnswer
from tests.example_city import build_example_city, forget_memory

TELEPHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
GOOD = "b-notice--good"
NIK = "3573014101900001"


@dataclass
class Hall:
    """A served city; ``work`` lets the worker do everything that is due."""

    url: str

    def work(self) -> None:
        for _round in range(3):
            Worker().run_once()


@pytest.fixture
def hall(transactional_db: None, live_server: LiveServer, settings: Any) -> Iterator[Hall]:
    # the demonstration authority signs
    settings.BALAI_DEMO = True
    build_example_city()
    yield Hall(live_server.url)
    forget_memory()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open windows; a test fails on an error of their scripts or of the server."""
    windows: list[BrowserContext] = []
    errors: list[str] = []

    def make(*, script: bool = True, size: dict[str, int] = TELEPHONE) -> Page:
        context = chromium.new_context(
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            viewport=size,
            java_script_enabled=script,  # type: ignore[arg-type]
        )
        context.set_default_timeout(15_000)
        windows.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "response", lambda answer: errors.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        )
        return page

    yield make
    for each in windows:
        each.close()
    assert errors == []


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{name}.jpg" for name in ("gambar", "izin", "baru")]
    for path, colour in zip(paths, ("dimgrey", "lightgrey", "white"), strict=True):
        Image.new("RGB", (800, 600), colour).save(path)
    return [str(path) for path in paths]


def sign_in(page: Page, hall: Hall, *, unit: str, level: str = "head") -> User:
    """Give a window the session of whoever holds a post; signing in has a story of its own."""
    holding = Holding.objects.filter(post__unit__slug=unit, post__level=level, valid_to=None).first()
    assert holding is not None
    user: User = holding.user
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["second_factor"] = True
    session.save()
    page.context.add_cookies([{"name": "sessionid", "value": str(session.session_key), "url": hall.url}])
    return user


def go_on(page: Page, name: str = "Lanjut") -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


def fill_applicant(page: Page, *, email: str = "siti@warga.example") -> None:
    page.fill("#id_nama", "Siti Contohwati")
    page.fill("#id_nik", NIK)
    if email:
        page.fill("#id_surel", email)
    page.fill("#id_alamat_words", "Jl. Ijen 1")
    page.select_option("#id_alamat_village", index=4)
    go_on(page)


def sign(page: Page) -> None:
    page.fill("#id_tanda_tangan_name", "Siti Contohwati")
    page.check("#id_tanda_tangan_agreed")
    go_on(page)


def step(desk: Page, hall: Hall, case: Case, name: str, **given: str) -> None:
    """Make one change at the desk, by its page."""
    desk.goto(f"{hall.url}/desk/services/{case.reference}/")
    more = desk.locator(".b-offers__more > summary")
    if more.count() and not desk.locator(f"#change-{name}").first.is_visible():
        more.click()
    desk.locator(f"a#change-{name}, #change-{name} > summary").first.click()
    for field, value in given.items():
        place = desk.locator(f"#{name}_{field}")
        if place.evaluate("each => each.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    desk.locator(f"#change-{name} form button.b-button").click()
    desk.wait_for_load_state()
    hall.work()
    case.refresh_from_db()


def visit(desk: Page, hall: Hall, case: Case, photo: str) -> None:
    """Make an appointment, and write down that everything is in order."""
    desk.goto(f"{hall.url}/desk/services/{case.reference}/")
    desk.fill("#id_day", (clock.now() + timedelta(days=1)).date().isoformat())
    desk.fill("#id_begins", "09:00")
    desk.fill("#id_ends", "11:00")
    press(desk, "Jadwalkan dan beri tahu pemohon")
    desk.get_by_role("link", name="Buka daftar periksa").click()
    for line in desk.locator("[data-line]").all():
        line.get_by_label("sesuai", exact=True).check()
        line.locator("input[type=file]").set_input_files(photo)
    desk.get_by_role("button", name="Catat hasilnya").click()
    desk.wait_for_url(f"**/desk/services/{case.reference}/")
    hall.work()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_applying_on_a_telephone_to_the_signed_paper(
    hall: Hall, window: Callable[..., Page], photos: list[str], tmp_path: Path, script: bool
) -> None:
    phone, desk = window(script=script), window(size=DESK)
    phone.goto(f"{hall.url}/services/izin-reklame/")
    phone.get_by_role("link", name="Ajukan permohonan").click()
    expect(phone.get_by_text("Siapa yang melihat data Anda")).to_be_visible()
    phone.get_by_role("button", name="Mulai").click()
    fill_applicant(phone)
    phone.check("#id_jenis_kain")
    for name, value in {"panjang": "2,5", "lebar": "2", "sisi": "1", "bulan": "2", "isi": "Promo kopi"}.items():
        phone.fill(f"#id_{name}", value)
    phone.fill("#id_lokasi_lat", "-7.9666")
    phone.fill("#id_lokasi_lon", "112.6326")
    go_on(phone)
    phone.set_input_files("#id_gambar", photos[0])
    phone.set_input_files("#id_izin_lahan", photos[1])
    go_on(phone)
    sign(phone)
    assert "300.000" in phone.inner_text("main")
    phone.get_by_role("button", name="Kirim permohonan").click()
    phone.wait_for_url("**/services/sent/")
    code = phone.inner_text(".c-number__code").strip()
    case = Case.objects.get()
    assert case.privacy == "private"
    hall.work()

    sign_in(desk, hall, unit=case.unit.slug)
    step(desk, hall, case, "return", reason="unreadable", text="Foto izin lahan buram, mohon foto ulang.")
    assert case.state == "returned"

    # another day, by number and code
    later = window(script=script)
    later.goto(f"{hall.url}/complaints/follow/")
    later.fill("#id_number", case.reference)
    later.fill("#id_code", code)
    later.locator("form.c-find button").click()
    later.wait_for_url(f"**/services/mine/{case.reference}/")
    assert "Foto izin lahan buram" in later.inner_text("main")
    later.get_by_role("link", name="Lengkapi sekarang").click()
    later.get_by_role("link", name="Berkas").click()
    later.locator("[data-field=izin_lahan] input[type=checkbox]").check()
    later.set_input_files("#id_izin_lahan", photos[2])
    go_on(later, "Simpan")
    go_on(later, "Kirim perbaikan")
    case.refresh_from_db()
    assert case.state == "verify"

    step(desk, hall, case, "pass_visit")
    visit(desk, hall, case, photos[0])
    step(desk, hall, case, "pass_pay")
    assert case.state == "pay"
    bill = Bill.objects.get()
    later.goto(f"{hall.url}/services/mine/{case.reference}/")
    later.get_by_role("link", name="Bayar sekarang").click()
    assert "Rp300.000" in later.inner_text("main").replace("\u00a0", "")
    desk.goto(f"{hall.url}/desk/payments/{bill.number}/")
    desk.fill("[name=counter]", "Loket 1")
    desk.locator("form:has([name=counter]) button").first.click()
    desk.wait_for_load_state()
    hall.work()
    case.refresh_from_db()
    assert case.state == "decide"
    step(desk, hall, case, "approve_issue")
    step(desk, hall, case, "pass_issued")
    assert case.state == "issued"
    hall.work()

    later.goto(f"{hall.url}/services/mine/{case.reference}/")
    with later.expect_download() as waiting:
        later.get_by_role("link", name="Unduh PDF bertanda tangan").click()
    paper = tmp_path / "izin.pdf"
    waiting.value.save_as(paper)
    assert paper.read_bytes().startswith(b"%PDF-1.7")
    _upload(later, hall, paper)
    assert GOOD in later.content()
    changed = tmp_path / "diubah.pdf"
    content = bytearray(paper.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(bytes(content))
    anybody = window(script=script)
    _upload(anybody, hall, changed)
    assert GOOD not in anybody.content()

    later.goto(f"{hall.url}/services/mine/{case.reference}/")
    later.get_by_role("link", name=re.compile("Sembilan pertanyaan")).click()
    for number in range(1, 10):
        later.check(f"#U{number}_4")
    later.get_by_role("button", name="Kirim jawaban").click()
    assert SurveyAnswer.objects.get().u9 == 4
    anybody.goto(f"{hall.url}/services/survey/")
    assert "100,00" in anybody.inner_text("main")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def _upload(page: Page, hall: Hall, paper: Path) -> None:
    page.goto(f"{hall.url}/documents/verify")
    page.set_input_files("input[type=file]", str(paper))
    page.locator("form:has(input[type=file]) button").first.click()
    page.wait_for_load_state()


def test_at_the_counter_for_somebody_without_a_telephone(
    hall: Hall, window: Callable[..., Page], photos: list[str]
) -> None:
    desk = window(size=DESK)
    sign_in(desk, hall, unit="disdukcapil")
    user = Holding.objects.filter(post__unit__slug="disdukcapil", post__level="head", valid_to=None).get().user
    role = Holding.objects.get(user=user, valid_to=None).post.roles.first()
    assert role is not None
    role.permissions = [*role.permissions, "services.enter"]
    role.save()
    desk.goto(f"{hall.url}/desk/services/enter/")
    desk.select_option("#service", "ktp-el")
    desk.fill("#on_behalf", "datang sendiri, tidak punya ponsel")
    desk.get_by_role("button", name="Mulai").click()
    fill_applicant(desk, email="")
    desk.check("#id_jenis_baru")
    desk.fill("#id_lahir", "1990-01-01")
    desk.fill("#id_kk", "3573010101900001")
    go_on(desk)
    desk.set_input_files("#id_foto_kk", photos[0])
    go_on(desk)
    sign(desk)
    desk.get_by_role("button", name="Kirim permohonan").click()
    desk.wait_for_url("**/services/sent/")
    expect(desk.locator(".c-number__code")).to_be_visible()
    case = Case.objects.get()
    assert case.channel == "counter"
    hall.work()
    for change in ("pass_decide", "approve_issue", "pass_issued"):
        step(desk, hall, case, change)
    hall.work()
    desk.goto(f"{hall.url}/desk/services/{case.reference}/")
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name=re.compile("KTP-EL")).click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
    desk.goto(f"{hall.url}/desk/services/{case.reference}/")
    desk.get_by_role("link", name="Masukkan survei kertas").click()
    desk.check("#U1_3")
    desk.get_by_role("button", name="Hitung").click()
    assert SurveyAnswer.objects.get().channel == "paper"
    assert clock.now() - case.received_at < timedelta(hours=1)


STANDARD = {
    "requirements": "KTP\nKartu Keluarga",
    "procedure": "Ajukan\nDiperiksa\nDiambil",
    "basis": "Perda contoh",
    "facilities": "Ruang tunggu",
    **{
        name: f"Isi {name}"
        for name in ("product", "complaints", "competence", "supervision", "staff", "assurance", "safety", "evaluation")
    },
}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_new_service_from_nothing_to_published(hall: Hall, window: Callable[..., Page], script: bool) -> None:
    desk, anybody = window(script=script, size=DESK), window(script=script)
    sign_in(desk, hall, unit="disdukcapil")
    desk.goto(f"{hall.url}/desk/services/make/")
    desk.locator("summary", has_text="Layanan baru").click()
    desk.fill("#id_name_id", "Peminjaman Gerobak")
    desk.fill("#id_group_id", "Lingkungan")
    desk.select_option("#id_unit", label="Dinas Kependudukan dan Pencatatan Sipil")
    press(desk, "Mulai")
    for name, words in STANDARD.items():
        desk.fill(f"#id_{name}", words)
    desk.fill("#id_time_amount", "2")
    desk.select_option("#id_time_unit", "working_days")
    desk.check("#id_fee_free")
    press(desk, "Simpan")
    assert "14 dari 14 komponen" in desk.inner_text("main")
    desk.locator("summary", has_text="Berita acara konsultasi").click()
    desk.fill("#id_place", "Balai RW 3")
    desk.fill("#id_participants", "23")
    desk.fill("#id_points", "Warga setuju.")
    press(desk, "Simpan berita acara")
    desk.fill("#id_number", "188.4/1/2026")
    press(desk, "Tetapkan dengan keputusan ini")
    press(desk, "Terbitkan standar mulai hari ini")

    desk.get_by_role("link", name="Langkah, biaya, dokumen").click()
    press(desk, "Simpan")
    desk.goto(f"{hall.url}/settings/forms/svc-peminjaman-gerobak/")
    desk.get_by_role("link", name="Tambah pertanyaan").first.click()
    desk.fill("#id_label_id", "Untuk kegiatan apa?")
    press(desk, "Simpan")
    assert "untuk_kegiatan_apa" in desk.inner_text("main")
    desk.goto(f"{hall.url}/settings/forms/svc-peminjaman-gerobak/preview/")
    press(desk, "Periksa")
    expect(desk.locator(".b-errors")).to_be_visible()

    desk.goto(f"{hall.url}/desk/services/make/peminjaman-gerobak/")
    press(desk, "Buka untuk permohonan")
    anybody.goto(f"{hall.url}/services/peminjaman-gerobak/apply/")
    anybody.get_by_role("button", name="Mulai").click()
    expect(anybody.locator("#id_untuk_kegiatan_apa")).to_be_visible()
