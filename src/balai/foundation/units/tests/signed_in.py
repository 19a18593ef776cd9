"""A signed-in client with exactly the permissions that a test names, for the settings pages of rooms."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from balai.foundation.calendar import clock


class GivenAuthority:
    """Put the authority of the test into each request."""

    permissions: tuple[str, ...] = ()

    def __init__(self, get_response: Callable[..., Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.authority = self
        return self.get_response(request)

    def may(self, permission: str, **where: Any) -> bool:
        return permission in self.permissions


@pytest.fixture
def sign_in(settings: Any, client: Client, db: None) -> Callable[..., Client]:
    """Return a function that signs a person in, who holds the permissions it is given."""
    swapped = {
        "balai.foundation.units.middleware.AuthorityMiddleware": f"{__name__}.GivenAuthority",
        "balai.foundation.identity.middleware.SecondFactorMiddleware": "",
    }
    settings.MIDDLEWARE = [swapped.get(name, name) for name in settings.MIDDLEWARE if swapped.get(name, name)]

    def signed_in(*permissions: str, language: str = "en", user: Any = None) -> Client:
        GivenAuthority.permissions = permissions
        person = user or get_user_model().objects.create(email="op@example.org", name="Op", created_at=clock.now())
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return signed_in
