"""Make and revoke keys; remember when one was used."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from balai.foundation.api.events import ApiKeyCreated, ApiKeyRevoked
from balai.foundation.api.models import ApiKey
from balai.foundation.api.rules import is_scope, make_token
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor

STREAM = "api-keys"
# When a key was last used is written at most this often, so that reads stay reads.
_USE_NOTED_EVERY = timedelta(minutes=1)


class BadScope(Exception):
    """A right was named that cannot exist, or none at all."""


class NoSuchKey(Exception):
    """There is no working key of this prefix."""


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key just made. ``token`` is what its holder sends; it is shown once and kept nowhere."""

    key: ApiKey
    token: str


@transaction.atomic
def create_key(*, name: str, scopes: Sequence[str], per_minute: int = 120, actor: Actor, at: datetime) -> NewKey:
    """Make a key for a program; only its hash is kept.

    :raises BadScope: if no right is named or a name is not one.
    """
    chosen = sorted(set(scopes))
    if not chosen or not all(is_scope(scope) for scope in chosen):
        raise BadScope(", ".join(chosen))
    token = make_token(prefix=secrets.token_hex(4), secret=secrets.token_urlsafe(32))
    key = ApiKey.objects.create(
        name=name, prefix=token.prefix, key_hash=token.hash, scopes=chosen, per_minute=per_minute, created_at=at
    )
    append(stream=STREAM, event=ApiKeyCreated(key_id=key.pk, scopes=" ".join(chosen)), actor=actor, at=at)
    return NewKey(key=key, token=token.text)


@transaction.atomic
def revoke_key(*, prefix: str, actor: Actor, at: datetime) -> ApiKey:
    """Stop a key from working, at once and for good.

    :raises NoSuchKey: if there is none, or it was revoked before.
    """
    # locked, so that two officers revoking at once leave one entry in the record
    key = ApiKey.objects.select_for_update(of=("self",)).filter(prefix=prefix, revoked_at=None).first()
    if key is None:
        raise NoSuchKey(prefix)
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    append(stream=STREAM, event=ApiKeyRevoked(key_id=key.pk), actor=actor, at=at)
    return key


def note_use(*, key: ApiKey, at: datetime) -> None:
    """Remember that a key was used, at most once a minute."""
    if key.last_used_at is not None and at - key.last_used_at < _USE_NOTED_EVERY:
        return
    ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=at), pk=key.pk).update(last_used_at=at)
    key.last_used_at = at
