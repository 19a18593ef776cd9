"""Staff work with a second factor, or not at all."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

FREE = ("/accounts/", "/static/", "/theme-", "/healthz", "/prefer")


class SecondFactorMiddleware:
    """Send a signed-in person without a second factor to where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            "sessionid" in request.COOKIES
            and not request.path.startswith(FREE)
            and request.user.is_authenticated
            and request.session.get("second_factor") is not True
        ):
            if not is_mfa_enabled(request.user):
                return redirect(reverse("mfa_activate_totp"))
            request.session["second_factor"] = True
        return self.get_response(request)
