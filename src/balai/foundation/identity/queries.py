"""Reads about people."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from balai.foundation.identity.models import AccessRecord, User


def access_records(*, subject_kind: str, subject_id: int) -> list[AccessRecord]:
    """Return who looked, newest first."""
    return list(AccessRecord.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-at")[:200])


def password_link(*, user: User) -> str:
    """Return the address at which somebody chooses a password; it works once, for three days."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    return f"{settings.BALAI_BASE_URL.rstrip('/')}{path}"
