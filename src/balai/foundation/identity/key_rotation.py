"""Another key for the encrypted columns, and every row written anew with it."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from allauth.mfa import utils as mfa
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from balai.foundation.identity.fields import EncryptedTextField, decrypt, encrypt

BATCH = 500
# what allauth keeps encrypted of an app and of spare codes
FACTOR_SECRETS = ("secret", "seed")


class NoKeyFile(Exception):
    """The file of keys is not where this installation keeps it."""


class RowsLeft(Exception):
    """Rows are still written with an older key, so it cannot be dropped."""


def _stored(path: Path) -> dict[str, object]:
    if not path.exists():
        raise NoKeyFile(str(path))
    found: dict[str, object] = json.loads(path.read_text("utf-8"))
    return found


def _store(path: Path, keys: dict[str, object]) -> None:
    """Replace the file in one step: a crash leaves the old one or the new one, never half of either."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def add_key(*, path: Path) -> int:
    """Put a new key before the others and return how many there are; running programs take it up when restarted.

    :raises NoKeyFile: if ``path`` does not exist.
    """
    keys = _stored(path)
    given = keys["field_keys"]
    assert isinstance(given, list)
    keys["field_keys"] = [base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), *given]
    _store(path, keys)
    return len(given) + 1


def drop_old_keys(*, path: Path) -> int:
    """Keep the newest key only and return how many were dropped.

    :raises RowsLeft: while any row needs an older one; :raises NoKeyFile: if ``path`` does not exist.
    """
    keys = _stored(path)
    given = keys["field_keys"]
    assert isinstance(given, list)
    if given[0] != settings.BALAI_FIELD_KEYS[0] or _factors_of_old_keys() or any(True for _ in _rows_of_old_keys()):
        raise RowsLeft
    keys["field_keys"] = given[:1]
    _store(path, keys)
    return len(given) - 1


def rotate(*, progress: Callable[[int], None] = lambda done: None) -> int:
    """Write every encrypted column anew with the newest key; return how many cells changed.

    May be stopped and started again at any time: what the newest key opens is left alone. A cell that somebody
    edits meanwhile is theirs.
    """
    done = 0
    for table, column, key, primary, token in _rows_of_old_keys():
        with connection.cursor() as cursor:
            # the stored token stands in the condition: nobody's newer text is overwritten
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",  # noqa: S608 - names of ours
                [encrypt(decrypt(token)), primary, token],
            )
            done += cursor.rowcount
        if done % BATCH == 0:
            progress(done)
    done += sum(_rotate_factor(pk) for pk in _factors_of_old_keys())
    progress(done)
    return done


def _columns() -> Iterator[tuple[str, str, str]]:
    quote = connection.ops.quote_name
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                key = model._meta.pk
                # every column of ours has a name; the types also know fields that are no column
                assert key is not None
                assert key.column
                assert field.column
                yield quote(model._meta.db_table), quote(field.column), quote(key.column)


def _rows_of_old_keys() -> Iterator[tuple[str, str, str, int, str]]:
    """Yield (table, column, key column, key, token) of every cell that the newest key does not open."""
    newest = Fernet(settings.BALAI_FIELD_KEYS[0])
    for table, column, key in _columns():
        last = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} <> '' "  # noqa: S608 - ours
                    f"ORDER BY {key} LIMIT {BATCH}",
                    [last],
                )
                rows = cursor.fetchall()
            if not rows:
                break
            for primary, token in rows:
                if not _opens(newest, token):
                    yield table, column, key, primary, token
            last = rows[-1][0]


def _factors_of_old_keys() -> list[int]:
    """Return the second factors of staff whose secrets the newest key does not open."""
    newest = Fernet(settings.BALAI_FIELD_KEYS[0])
    rows = Authenticator.objects.order_by("pk").values_list("pk", "data")
    return [pk for pk, data in rows if any(not _opens(newest, token) for token in _secrets_of(data))]


def _secrets_of(data: dict[str, Any]) -> list[str]:
    return [data[name] for name in FACTOR_SECRETS if data.get(name)]


@transaction.atomic
def _rotate_factor(pk: int) -> int:
    # locked: a spare code that is used meanwhile must stay used
    row = Authenticator.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        return 0
    row.data = {
        name: mfa.encrypt(mfa.decrypt(value)) if name in FACTOR_SECRETS and value else value
        for name, value in row.data.items()
    }
    row.save(update_fields=["data"])
    return len(_secrets_of(row.data))


def _opens(key: Fernet, token: str) -> bool:
    try:
        key.decrypt(token.encode())
    except InvalidToken:
        return False
    return True
