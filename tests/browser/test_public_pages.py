"""Pages that anybody opens first: readable on a telephone, without barriers, without script."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from balai.foundation.places.models import Area, City
from tests.browser.barriers import barriers

PAGES = ["/", "/about/", "/accessibility/", "/accounts/login/"]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer) -> str:
    """Serve a city and return its address."""
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    area = Area.objects.create(code="35.73", name="Kota Malang", level="regency", parent=province)
    City.objects.create(
        area=area,
        name="Kota Malang",
        government_name="Pemerintah Kota Malang",
        time_zone="Asia/Jakarta",
        is_example=True,
    )
    return live_server.url


@pytest.mark.parametrize("path", PAGES)
def test_there_are_no_barriers(site: str, page: Page, axe: str, path: str) -> None:
    answer = page.goto(site + path)
    assert answer is not None
    assert answer.status == 200
    assert barriers(page, axe) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_telephone_needs_no_sideways_scrolling(site: str, page: Page, path: str) -> None:
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", PAGES)
def test_the_page_reads_without_script(site: str, chromium: Browser, path: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    answer = page.goto(site + path)
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("main h1").first).to_be_visible()
    context.close()


def test_the_keyboard_reaches_the_content_first(site: str, page: Page) -> None:
    page.goto(site + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
