"""How staff sign in: no self sign-up, our words, and when a session has proven a second factor."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from balai.foundation.calendar import clock
from balai.foundation.identity import fields
from balai.foundation.identity.contributions import LetterSender
from balai.foundation.identity.models import User
from balai.foundation.registry.discover import contributions

FRESH = timedelta(minutes=5)
SESSION_KEY = "second_factor"
WAYS = {"reauthenticate": _("Use your password"), "mfa_reauthenticate": _("Use the code of your telephone")}
WRONG_CODE = _("This code does not fit. Wait for the next one and type it.")


class NoSuchLetter(Exception):
    """The sign-in was made to send a letter that nobody has written."""


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the city, never by a visitor."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask whoever looks after the system in your office."),
        "email_password_mismatch": _("E-mail address and password do not fit together. Correct one of them."),
        "incorrect_password": _("This is not your password. Type it again."),
        "enter_current_password": _("This is not your password. Type it again."),
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: the city makes the accounts."""
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to confirm that it is oneself, called as our pages call them."""
        return [
            row | {"description": WAYS.get(row["id"], row["description"])}
            for row in super().get_reauthentication_methods(user)
        ]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Return whether to ask for the password again: not of somebody who signed in within the last minutes."""
        required: bool = super().is_reauthentication_required(app=app)
        now = clock.now().timestamp()
        records = get_authentication_records(context.request, context.request.user)
        return required and not any(now - row["at"] < FRESH.total_seconds() for row in records)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Hand the link over to whoever delivers letters: it is repeated, logged and worded like all others."""
        at = clock.now()
        with transaction.atomic():
            for sender in contributions(LetterSender):
                sender.send(
                    user=user,
                    letter="password_link",
                    link=f"{settings.BALAI_BASE_URL.rstrip('/')}{urlsplit(context['password_reset_url']).path}",
                    at=at,
                    expires_at=at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
                )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse every other letter of allauth: none is switched on, and none may go past the outbox.

        :raises NoSuchLetter: always.
        """
        raise NoSuchLetter(template_prefix)


class StaffFactorAdapter(DefaultMFAAdapter):
    """The second step in our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": _("The telephone cannot be given up at the moment."),
        "cannot_generate_recovery_codes": _("Set up the app on your telephone first; then there are spare codes."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it: a stolen copy of the database makes no codes."""
        return fields.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; one that was stored before secrets were encrypted is given back as it is."""
        return fields.decrypt(encrypted_text) if fields.is_encrypted(encrypted_text) else encrypted_text


def has_proven_second_factor(request: HttpRequest) -> bool:
    """Return whether this session gave a code of the signed-in person's app, or one of their spare codes."""
    if request.session.get(SESSION_KEY) is True:
        return True
    records = get_authentication_records(request, request.user)
    proven = any(record.get("method") == "mfa" for record in records)
    if proven:
        request.session[SESSION_KEY] = True
    return proven


def keep_activation(*, request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """Take note that the app was set up: that ends with a code of it, so this session has proven it."""
    if authenticator.type == Authenticator.Type.TOTP:
        request.session[SESSION_KEY] = True


def forget_proof(*, request: HttpRequest, **kwargs: Any) -> None:
    """Forget what a session proved once the app is given up: neither the mark nor older records count."""
    request.session.pop(SESSION_KEY, None)
    records = get_authentication_records(request, request.user)
    request.session["account_authentication_methods"] = [row for row in records if row.get("method") != "mfa"]
