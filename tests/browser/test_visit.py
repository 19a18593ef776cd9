"""A visit where no line reaches: opened before, filled in there, photographed, sent when the line is back."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from balai.engines.cases.models import Case
from balai.foundation.files.models import Attachment
from balai.modules.services.models import Visit
from tests.browser.barriers import barriers
from tests.browser.test_service_story import TELEPHONE, Hall, hall, photos, sign_in, window
from tests.browser.visits import waiting_for_a_visit

__all__ = ["hall", "photos", "window"]


def _fill(phone: Page, photo: str) -> None:
    phone.get_by_role("group", name="Rumah ada").get_by_label("sesuai", exact=True).check()
    phone.set_input_files("#p-rumah", photo)
    phone.get_by_role("group", name="Warga ditemui").get_by_label("tidak sesuai", exact=True).check()
    phone.fill("#n-warga", "Rumah kosong")
    phone.fill("#words", "Ditinjau tanpa sinyal")


def _is_written_down(case: Case) -> None:
    visit = Visit.objects.get()
    assert (visit.state, visit.words) == ("done", "Ditinjau tanpa sinyal")
    assert list(visit.findings.values_list("verdict", "note")) == [("yes", ""), ("no", "Rumah kosong")]
    assert Attachment.objects.filter(owner_kind="visit").count() == 1


def test_without_a_line(hall: Hall, window: Callable[..., Page], photos: list[str], axe: str) -> None:
    case, _visit = waiting_for_a_visit(Path(photos[0]).read_bytes())
    phone = window(size=TELEPHONE)
    sign_in(phone, hall, unit=case.unit.slug)
    phone.goto(f"{hall.url}/desk/services/visits/")
    phone.get_by_role("main").get_by_role("link").first.click()
    address = phone.url
    phone.get_by_text("Tersimpan di perangkat ini").wait_for()
    assert barriers(phone, axe) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]

    phone.context.set_offline(True)
    phone.reload()
    phone.get_by_role("heading", level=1).wait_for()
    _fill(phone, photos[1])
    phone.get_by_text("1 foto tersimpan").wait_for()
    phone.get_by_role("button", name="Catat hasilnya").click()
    phone.get_by_text("Belum ada sinyal").wait_for()
    assert Visit.objects.get().state == "planned"

    # the telephone was switched off in between
    phone.goto("about:blank")
    phone.goto(address)
    phone.get_by_text("Belum ada sinyal").wait_for()
    expect(phone.locator("#n-warga")).to_have_value("Rumah kosong")
    phone.get_by_text("1 foto tersimpan").wait_for()
    phone.context.set_offline(False)
    phone.wait_for_url(f"**/desk/services/{case.reference}/")
    phone.get_by_text("Ditinjau tanpa sinyal").wait_for()
    _is_written_down(case)
    # nothing of it stays on the device
    kept = "async () => (await (await caches.open('balai-visits-1')).match(arguments[0])) === undefined"
    assert phone.evaluate(kept.replace("arguments[0]", f"'{address}'"))


def test_without_script(hall: Hall, window: Callable[..., Page], photos: list[str]) -> None:
    case, _visit = waiting_for_a_visit(Path(photos[0]).read_bytes())
    phone = window(script=False, size=TELEPHONE)
    sign_in(phone, hall, unit=case.unit.slug)
    phone.goto(f"{hall.url}/desk/services/visits/{Visit.objects.get().pk}/")
    phone.get_by_role("button", name="Catat hasilnya").click()
    assert "Pilih hasil pemeriksaannya." in phone.inner_text("main")
    _fill(phone, photos[1])
    phone.get_by_role("button", name="Catat hasilnya").click()
    phone.wait_for_url(f"**/desk/services/{case.reference}/")
    _is_written_down(case)
