"""Put what the person may do beside the request, worked out only when somebody asks."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from balai.foundation.calendar import clock
from balai.foundation.identity.actions import note_seen
from balai.foundation.units.queries import authority_of
from balai.foundation.units.rules import NOBODY, Authority


class AuthorityMiddleware:
    """Set ``request.authority``; without a session cookie nothing is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.authority = SimpleLazyObject(lambda: self._authority(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def _authority(self, request: HttpRequest) -> Authority:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return NOBODY
        at = clock.now()
        note_seen(user=request.user, at=at)
        return authority_of(user=request.user, at=at)
