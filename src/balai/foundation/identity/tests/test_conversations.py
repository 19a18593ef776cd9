"""The cookie that remembers which matters a browser has opened."""

from datetime import timedelta

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
        conversations.remember(response, case, request=asking(value))
        value = response.cookies[conversations.COOKIE].value
    assert value is not None
    return value


def test_opened_matters_are_remembered_once_each() -> None:
    assert conversations.case_ids(asking(cookie_after(3, 5, 3))) == {3, 5}
    assert conversations.case_ids(asking(None)) == set()


def test_a_shared_telephone_forgets_the_oldest() -> None:
    assert conversations.case_ids(asking(cookie_after(*range(1, 26)))) == set(range(6, 26))


def test_one_matter_can_be_forgotten_and_the_last_takes_the_cookie_along() -> None:
    request, response = asking(cookie_after(3, 5)), HttpResponse()
    conversations.forget(response, 3, request=request)
    left = response.cookies[conversations.COOKIE].value
    assert conversations.case_ids(asking(left)) == {5}
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
        signing.dumps([1], key="another installation", salt="balai.identity.conversations"),
    ],
)
def test_a_forged_cookie_opens_nothing(forged: str) -> None:
    assert conversations.case_ids(asking(forged)) == set()


def test_one_changed_letter_opens_nothing() -> None:
    good = cookie_after(3)
    for place in (0, len(good) // 2, len(good) - 1):
        letter = "A" if good[place] != "A" else "B"
        assert conversations.case_ids(asking(good[:place] + letter + good[place + 1 :])) == set()


def test_it_ends_after_ninety_days() -> None:
    with time_machine.travel("2026-11-25T03:00:00Z", tick=False) as clock:
        cookie = cookie_after(3)
        clock.shift(timedelta(days=89))
        assert conversations.case_ids(asking(cookie)) == {3}
        clock.shift(timedelta(days=1, seconds=1))
        assert conversations.case_ids(asking(cookie)) == set()


def test_scripts_and_other_sites_do_not_get_it() -> None:
    response = HttpResponse()
    conversations.remember(response, 3, request=RequestFactory().get("/", secure=True))
    morsel = response.cookies[conversations.COOKIE]
    assert (morsel["httponly"], morsel["samesite"], morsel["secure"]) == (True, "Lax", True)
