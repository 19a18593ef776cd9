"""What every test begins with: nothing remembered in this process from the test before."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from balai.engines.cases.actions.kinds import forget_kinds
from balai.foundation.forms.queries import forget_forms
from balai.foundation.identity.models import User
from balai.foundation.memory.kept import forget_everything


@pytest.fixture(autouse=True)
def _forget_what_this_process_remembers() -> Iterator[None]:
    """Make the number of queries the same whatever ran before, and leave no language behind."""
    _forget()
    yield
    _forget()
    translation.activate("id")


@pytest.fixture
def english() -> Client:
    """Return a browser that reads English."""
    return _reads_english(Client())


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Sign somebody in with a second factor, in English."""

    def make(user: User) -> Client:
        client = _reads_english(Client())
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["second_factor"] = True
        session.save()
        return client

    return make


def _reads_english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def _forget() -> None:
    forget_everything()
    forget_kinds()
    forget_forms()
