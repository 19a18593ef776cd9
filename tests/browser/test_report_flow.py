"""A resident reports on a telephone: step by step with script, and on one page without."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case
from balai.foundation.files.models import Attachment
from balai.modules.complaints.queries.set_up import forget_set_up
from balai.modules.complaints.tests.small_city import build_city
from tests.browser.barriers import barriers

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer) -> Iterator[str]:
    """Serve a small city and return its address."""
    forget_set_up()
    kind_at.cache_clear()
    build_city()
    yield live_server.url
    forget_set_up()
    kind_at.cache_clear()


@pytest.fixture
def hole(tmp_path: Path) -> str:
    """Return the path of a photo."""
    path = tmp_path / "lubang.jpg"
    Image.new("RGB", (1200, 900), "grey").save(path)
    return str(path)


def test_step_by_step_with_script(site: str, page: Page, axe: str, hole: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(site + "/complaints/new/")
    forward = page.get_by_role("button", name="Lanjut", exact=True)
    expect(page.locator("#section-place")).to_be_hidden()
    page.set_input_files("#id_photo", hole)
    page.get_by_text("Tambah foto").wait_for()
    forward.click()
    page.locator("#id_village").select_option(label="Barat Daya")
    forward.click()
    page.fill("#id_text", "Jalannya berlubang besar di depan sekolah")
    forward.click()
    page.locator("label[for=suggested-road]").click()
    assert barriers(page, axe) == []
    forward.click()
    page.locator("label[for=id_privacy_2]").click()
    expect(page.locator("#id_phone")).to_be_hidden()
    forward.click()
    page.get_by_text("Dinas Pekerjaan Umum").wait_for()
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.go_back()
    page.locator("label[for=id_privacy_0]").click()
    forward.click()
    page.wait_for_timeout(2_100)  # nobody writes a report in less
    page.get_by_role("button", name="Kirim laporan").click()

    page.wait_for_url("**/complaints/thanks/")
    case = Case.objects.get()
    expect(page.get_by_text(case.reference, exact=True)).to_be_visible()
    assert barriers(page, axe) == []
    assert (case.privacy, case.category.slug) == ("named", "road")
    assert Attachment.objects.filter(owner_id=case.pk).count() == 1
    page.get_by_role("link", name="Buka laporan saya").click()
    page.wait_for_url(f"**/complaints/mine/{case.reference}/")
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_one_page_without_script(site: str, chromium: Browser, hole: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site + "/complaints/new/")
    page.set_input_files("#id_photo", hole)
    page.fill("#id_text", "Jalannya berlubang besar di depan sekolah")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Lanjut ke pemeriksaan").click()
    # place and category are missing: said beside the fields, the photo and the words are kept
    expect(page.get_by_text("Foto 1 sudah diterima")).to_be_visible()
    assert page.input_value("#id_text").startswith("Jalannya")
    page.locator("label[for=suggested-road]").click()
    page.locator("#id_village").select_option(label="Barat Daya")
    page.get_by_role("button", name="Lanjut ke pemeriksaan").click()
    expect(page.get_by_text("Dinas Pekerjaan Umum")).to_be_visible()
    page.get_by_role("button", name="Kirim laporan").click()

    case = Case.objects.get()
    expect(page.get_by_text(case.reference, exact=True)).to_be_visible()
    assert Attachment.objects.filter(owner_id=case.pk).count() == 1
    context.close()


def test_back_after_sending_shows_the_receipt_and_an_empty_form(site: str, page: Page) -> None:
    page.goto(site + "/complaints/new/")
    forward = page.get_by_role("button", name="Lanjut", exact=True)
    forward.click()
    page.locator("#id_village").select_option(label="Barat Daya")
    forward.click()
    # suggestions stand before all categories, so that each has another place than on a page just opened
    page.fill("#id_text", "Jalannya berlubang besar di depan sekolah")
    forward.click()
    page.locator("label[for=suggested-road]").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.locator("label[for=category-lamp]").click()
    page.locator("#questions input").first.fill("1")
    forward.click()
    forward.click()
    page.get_by_role("button", name="Kirim laporan").wait_for()
    page.wait_for_timeout(2_100)  # nobody writes a report in less
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url("**/complaints/thanks/")
    case = Case.objects.get()
    assert case.category.slug == "lamp"

    page.go_back()

    expect(page.get_by_text(f"Laporan Anda {case.reference} sudah diterima")).to_be_visible()
    expect(page.locator("#section-photo")).to_be_visible()
    assert page.locator("[name=category]:checked").count() == 0
    assert page.input_value("#id_text") == ""
    page.get_by_role("link", name="Tampilkan nomornya").click()
    expect(page.get_by_text(case.reference, exact=True)).to_be_visible()
