"""Every address, asked for by people who may do nothing: nobody signed in, and somebody without a post."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.units.rules import Authority
from tests.architecture.addresses import Address, addresses

ANSWERS = {200, 204, 301, 302, 303, 304, 400, 401, 403, 404, 405, 410, 415, 422, 429}
# What anybody who is signed in may open, a post or not. A page that shows the city's affairs is not among them.
FOR_ANYBODY_SIGNED_IN = {"identity_me", "account_change_password"}


@pytest.mark.usefixtures("city")
def test_no_address_breaks_for_a_visitor() -> None:
    client = Client(raise_request_exception=False)
    broken = [
        f"{method.upper()} {address.path} ({address.name}): {answer.status_code}"
        for address in addresses()
        for method in ("get", "post")
        if (answer := getattr(client, method)(address.path)).status_code not in ANSWERS
        # healthz tells the truth where no worker has ever run
        and address.name != "web:healthz"
    ]
    assert broken == []


@pytest.mark.usefixtures("db")
def test_no_address_breaks_before_there_is_a_city() -> None:
    client = Client(raise_request_exception=False)
    broken = [
        f"{address.path} ({address.name}): {answer.status_code}"
        for address in addresses()
        if (answer := client.get(address.path)).status_code not in {*ANSWERS, 503}
    ]
    assert broken == []


@pytest.mark.usefixtures("city")
def test_what_is_not_said_to_be_public_asks_for_a_sign_in() -> None:
    client = Client(raise_request_exception=False)
    login = reverse(settings.LOGIN_URL)
    open_doors = [
        f"{method.upper()} {address.path} ({address.name}): {answer.status_code}"
        for address in addresses()
        if address.is_ours and not address.is_public
        for method in ("get", "post")
        if not _asks_for_sign_in(answer := getattr(client, method)(address.path), login)
    ]
    assert open_doors == []


def _asks_for_sign_in(answer, login: str) -> bool:
    return answer.status_code in {302, 303} and answer["Location"].split("?")[0] == login


@pytest.mark.usefixtures("city")
def test_an_account_without_a_post_opens_nothing() -> None:
    """A view that forgets to ask for a permission shows here: it answers 200 to somebody without any."""
    assert _opened_without_a_post() == ([], [])


@pytest.mark.usefixtures("city")
def test_views_that_ask_nobody_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def may(_self: Authority, _permission: str, **_where: int | None) -> bool:
        return True

    monkeypatch.setattr(Authority, "may", may)
    too_open, _broken = _opened_without_a_post()
    found = {told.split("(")[1].split(")")[0] for told in too_open}
    assert {"complaints_desk:inbox", "complaints_desk:export", "units:list", "jobs:work"} <= found, sorted(found)


def _opened_without_a_post() -> tuple[list[str], list[str]]:
    """Return what opens for somebody who has proven both factors and holds no post, and what breaks."""
    user = get_user_model().objects.create(email="nobody@example.org", name="Nobody", created_at=clock.now())
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    # without it the middleware would lead everything to the second factor, and no view would be asked at all
    session = client.session
    session["second_factor"] = True
    session.save()
    too_open, broken = [], []
    for address in _staff_addresses():
        for method in ("get", "post"):
            answer = getattr(client, method)(address.path)
            told = f"{method.upper()} {address.path} ({address.name}): {answer.status_code}"
            if answer.status_code not in ANSWERS:
                broken.append(told)
            elif answer.status_code in {200, 204} and address.name not in FOR_ANYBODY_SIGNED_IN:
                too_open.append(told)
    return too_open, broken


def _staff_addresses() -> list[Address]:
    return [address for address in addresses() if address.is_ours and not address.is_public]
