"""The shape of a key. Pure; randomness is handed in."""

import re
from dataclasses import dataclass
from hashlib import sha256

_TOKEN = re.compile(r"^balai_(?P<prefix>[0-9a-f]{8})_(?P<secret>[A-Za-z0-9_-]{43})$")
_SCOPE = re.compile(r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")


@dataclass(frozen=True, kw_only=True)
class Token:
    """A key as its holder has it: ``prefix`` finds the row, the hash of ``text`` proves it."""

    prefix: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 of the text; 32 random bytes need no slow hash."""
        return sha256(self.text.encode()).hexdigest()


def make_token(*, prefix: str, secret: str) -> Token:
    """Return the key made of 8 hexadecimal digits and 32 random bytes in URL-safe base64."""
    token = read_token(text=f"balai_{prefix}_{secret}")
    assert token is not None, "prefix and secret must have the lengths that read_token() expects"
    return token


def read_token(*, text: str) -> Token | None:
    """Return the key in ``text``, or None if it does not have the shape of one."""
    match = _TOKEN.match(text.strip())
    return Token(prefix=match["prefix"], text=match[0]) if match else None


def is_scope(name: str) -> bool:
    """Return whether ``name`` can name a right, such as ``open311`` or ``cases.read``."""
    return bool(_SCOPE.match(name)) and len(name) <= 40
