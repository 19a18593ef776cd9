"""Staff work with a second factor, or not at all."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from balai.foundation.identity.sign_in import has_proven_second_factor

FREE = ("/accounts/", "/static/", "/theme-", "/healthz", "/preferences/", "/favicon", "/mark.svg")


class SecondFactorMiddleware:
    """Let nobody who is signed in go anywhere before this session has proven a second factor.

    Somebody without one is led to where it is set up; somebody whose session began before it was set up (elsewhere)
    is asked for a code.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            and not request.path.startswith(FREE)
            and request.user.is_authenticated
            and not has_proven_second_factor(request)
        ):
            if not is_mfa_enabled(request.user):
                return redirect("mfa_activate_totp")
            target = {"next": request.get_full_path()} if request.method == "GET" else {}
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode(target)}")
        return self.get_response(request)
