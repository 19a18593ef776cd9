"""Reads about people."""

from functools import reduce
from operator import or_

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.models import AccessRecord, Resident, User
from balai.foundation.identity.rules import normalise_phone


def access_records(*, subject_kind: str, subject_id: int) -> list[AccessRecord]:
    """Return who looked, newest first."""
    return list(AccessRecord.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-at")[:200])


def residents_with(*, email: str = "", phone: str = "", nik: str = "") -> list[int]:
    """Return the ids of the residents who gave exactly this address, telephone or NIK; nobody when all are empty.

    :raises BadPhone: if ``phone`` cannot be a telephone number.
    """
    given = {
        "email_index": blind_index("email", email.strip().lower()),
        "phone_index": blind_index("phone", normalise_phone(phone) if phone.strip() else ""),
        "nik_index": blind_index("nik", nik.replace(" ", "")),
    }
    conditions = [Q(**{column: index}) for column, index in given.items() if index]
    if not conditions:
        return []
    return list(Resident.objects.filter(reduce(or_, conditions)).order_by("pk").values_list("pk", flat=True))


def password_link(*, user: User) -> str:
    """Return the address at which somebody chooses a password; it works once, for three days."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    return f"{settings.BALAI_BASE_URL.rstrip('/')}{path}"
