"""A real Chromium, driven through Playwright; none is ever downloaded."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.architecture.house import ROOT
from tests.browser_programs import APT_LINE, find_chromium

# Playwright runs an event loop in the test's own thread; our database calls there are plain ones all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# A browser that asks nobody outside and needs no screen.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder: these tests run apart."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the installed browser once for all tests of a run."""
    program = find_chromium()
    if program is None:
        if os.environ.get("BALAI_TEST_COMPLETE") == "1":
            pytest.fail(f"no Chromium here: {APT_LINE}")
        pytest.skip(f"no Chromium here: {APT_LINE}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Open a visitor's own window: Indonesian, nothing remembered."""
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Open a page; a test fails on an error of its scripts or a refusal by the content security policy."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    assert errors == []


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe-core, which looks for barriers."""
    if not AXE.exists():
        if os.environ.get("BALAI_TEST_COMPLETE") == "1":
            pytest.fail("axe-core is not installed: npm ci")
        pytest.skip("axe-core is not installed: npm ci")
    return AXE.read_text("utf-8")
