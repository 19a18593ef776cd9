"""Find keys."""

import hmac

from django.db.models import F, QuerySet

from balai.foundation.api.contributions import ApiScope, Protocol
from balai.foundation.api.models import ApiKey
from balai.foundation.api.rules import read_token
from balai.foundation.registry.discover import contributions

_WORKING_KEY = f"SELECT * FROM {ApiKey._meta.db_table} WHERE prefix = %s AND revoked_at IS NULL"  # noqa: S608 - our table


def find_key(*, token: str) -> ApiKey | None:
    """Return the working key that ``token`` is, or None if it is unknown, wrong or revoked."""
    read = read_token(text=token)
    if read is None:
        return None
    # ready-made: every call of a program asks this, and building the statement costs more than running it
    key = next(iter(ApiKey.objects.raw(_WORKING_KEY, [read.prefix])), None)
    if key is None or not hmac.compare_digest(key.key_hash, read.hash):
        return None
    return key


def all_keys() -> QuerySet[ApiKey]:
    """Return every key: working ones first, newest first."""
    return ApiKey.objects.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "-id")


def known_scopes() -> tuple[ApiScope, ...]:
    """Return the rights that the rooms offer, by name."""
    return tuple(sorted(contributions(ApiScope), key=lambda scope: scope.name))


def protocols() -> tuple[Protocol, ...]:
    """Return the standards that the rooms speak, by name."""
    return tuple(sorted(contributions(Protocol), key=lambda protocol: protocol.label))
