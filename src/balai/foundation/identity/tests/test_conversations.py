"""The cookie that remembers which matters a browser has opened."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from balai.foundation.identity import conversations


def asking(cookie: str | None) -> HttpRequest:
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES[conversations.COOKIE] = cookie
    return request


def cookie_after(*cases: int) -> str:
    value = None
    for case in cases:
        response = HttpResponse()
        conversations.remember(response, case, mark=f"mark-{case}", request=asking(value))
        value = response.cookies[conversations.COOKIE].value
    assert value is not None
    return value


def test_opened_matters_are_remembered_once_each() -> None:
    assert conversations.marks(asking(cookie_after(3, 5, 3))) == {3: "mark-3", 5: "mark-5"}
    assert conversations.marks(asking(None)) == {}


def test_a_shared_telephone_forgets_the_oldest() -> None:
    assert list(conversations.marks(asking(cookie_after(*range(1, 26))))) == list(range(6, 26))


def test_one_matter_can_be_forgotten_and_the_last_takes_the_cookie_along() -> None:
    request, response = asking(cookie_after(3, 5)), HttpResponse()
    conversations.forget(response, 3, request=request)
    left = response.cookies[conversations.COOKIE].value
    assert conversations.marks(asking(left)) == {5: "mark-5"}
    response = HttpResponse()
    conversations.forget(response, 5, request=asking(left))
    assert response.cookies[conversations.COOKIE]["max-age"] == 0


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "[1]",
        signing.dumps([1]),  # signed, but for something else
        signing.dumps([[1, "mark"]], key="another installation", salt="balai.identity.conversations"),
        signing.dumps([1], salt="balai.identity.conversations"),
    ],
    # signatures differ by the second; the names of tests must not
    ids=["empty", "no signature", "a list", "another purpose", "another key", "without the mark of a code"],
)
def test_a_forged_cookie_opens_nothing(forged: str) -> None:
    assert conversations.marks(asking(forged)) == {}


def test_one_changed_letter_opens_nothing() -> None:
    good = cookie_after(3)
    for place in (0, len(good) // 2, len(good) - 1):
        letter = "A" if good[place] != "A" else "B"
        assert conversations.marks(asking(good[:place] + letter + good[place + 1 :])) == {}


def test_it_ends_after_thirty_days() -> None:
    with time_machine.travel("2026-11-25T03:00:00Z", tick=False) as clock:
        cookie = cookie_after(3)
        clock.shift(timedelta(days=29))
        assert conversations.marks(asking(cookie)) == {3: "mark-3"}
        clock.shift(timedelta(days=1, seconds=1))
        assert conversations.marks(asking(cookie)) == {}


def test_the_browser_keeps_it_as_long_as_the_documents_say() -> None:
    response = HttpResponse()
    conversations.remember(response, 3, mark="m")
    assert response.cookies[conversations.COOKIE]["max-age"] == conversations.LIVES.total_seconds()
    page = (Path(conversations.__file__).parent / "README.md").read_text()
    assert f"for {conversations.LIVES.days} days" in page


def test_scripts_and_other_sites_do_not_get_it() -> None:
    response = HttpResponse()
    conversations.remember(response, 3, mark="m", request=RequestFactory().get("/", secure=True))
    morsel = response.cookies[conversations.COOKIE]
    assert (morsel["httponly"], morsel["samesite"], morsel["secure"]) == (True, "Lax", True)
