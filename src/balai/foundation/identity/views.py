"""Pages of the sign-in that show a little more than allauth's."""

import math
from datetime import timedelta
from typing import Any

from allauth.account.views import LoginView
from allauth.account.views import PasswordChangeView as AllauthPasswordChange
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from balai.foundation.examples.contributions import SignIn, SignInList
from balai.foundation.identity.actions import edit_own_details
from balai.foundation.identity.forms import MeForm
from balai.foundation.registry.discover import contributions


class SignInView(LoginView):
    """The first step; a demonstration lists the accounts for trying things out."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the example's accounts."""
        return {**super().get_context_data(**kwargs), "accounts": _example_accounts()}


class SecondStepView(AuthenticateView):
    """The second step; a demonstration shows the code of an account for trying things out."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the example's account that is signing in."""
        email = self.stage.login.user.email
        account = next((item for item in _example_accounts() if item.email == email), None)
        return {**super().get_context_data(**kwargs), "account": account}


class PasswordChangeView(AllauthPasswordChange):
    """Another password; an account without one is led to the link by which it gets its first."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the way to a first password where there is none to change."""
        user: Any = request.user
        if not user.has_usable_password():
            return render(request, "account/password_missing.html")
        return super().dispatch(request, *args, **kwargs)


def _example_accounts() -> list[SignIn]:
    if not settings.BALAI_DEMO:
        return []
    return [item for given in contributions(SignInList) for item in given.call() if item.secret]


def locked_out(request: HttpRequest, response: HttpResponse | None = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say that a sign-in is closed for a while after too many wrong passwords."""
    minutes = math.ceil(timedelta(hours=settings.AXES_COOLOFF_TIME) / timedelta(minutes=1))
    return render(request, "account/locked_out.html", {"minutes": minutes}, status=429)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Show and store somebody's own name and language; lead to password and second step."""
    user: Any = request.user
    form = MeForm(request.POST or None, initial={"name": user.name, "locale": user.locale})
    if request.method == "POST" and form.is_valid():
        edit_own_details(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("identity_me")
    return render(request, "identity/me.html", {"form": form}, status=422 if form.errors else 200)
