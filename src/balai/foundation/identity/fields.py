"""Columns that are encrypted at rest, and the keyed hashes by which they can still be found."""

import base64
import hashlib
import hmac
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.BALAI_FIELD_KEYS])


def encrypt(text: str) -> str:
    """Return ``text`` encrypted with the newest key; empty stays empty."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Return the text inside ``token``.

    :raises UnreadableColumn: if none of the installation's keys fits.
    """
    if not token:
        return ""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnreadableColumn("no key of this installation fits; restore keys.json from its backup") from error


def is_encrypted(text: str) -> bool:
    """Return whether ``text`` is a token of :func:`encrypt`: its first byte, the version, is 0x80."""
    return text.startswith("gA")


class UnreadableColumn(Exception):
    """An encrypted column was written with a key that this installation does not have."""


def blind_index(purpose: str, value: str) -> str:
    """Return a keyed hash of ``value``, equal for equal inputs of the same ``purpose``; empty stays empty."""
    if not value:
        return ""
    digest = hmac.new(settings.BALAI_INDEX_KEY.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()


class EncryptedTextField(models.TextField[str, str]):
    """A text column whose stored form only this installation's keys can read."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return None if prepared is None else encrypt(str(prepared))
