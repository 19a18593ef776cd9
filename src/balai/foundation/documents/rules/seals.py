"""The short signed text in the code to scan: what a document is, provable without a line to the city.

The text is base32 (RFC 4648, capitals, no padding) of 64 bytes Ed25519 signature and the statement in UTF-8::

    1|<key>|<number>|<template>|<issued YYYYMMDD>|<valid until YYYYMMDD or ->|<holder>

``<key>`` names the public key (first eight hexadecimal digits of the SHA-256 of its 32 bytes), so that an old document
stays provable after the key was changed. ``<holder>`` is the first sixteen digits of the SHA-256 of the check code, a
bar, and the holder's name in capitals without signs: whoever reads the name on the paper can compare it, whoever has
only the code cannot guess it from a list without the paper's code. The signature is over ``balai-document``, a line
feed and the statement.
"""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERSION = "1"
SIGNATURE_BYTES = 64
LONGEST_SEAL = 600
# without 0, O, 1, I, L: read aloud and typed from paper
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
_PREFIX = b"balai-document\n"


class BadSeal(ValueError):
    """A text is no seal that can be trusted. ``code``: unreadable, unknown_key, forged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a seal says of a document."""

    number: str
    template: str
    issued_on: date
    valid_until: date | None
    holder_mark: str


def new_check_code(random: Callable[[int], int]) -> str:
    """Return twelve readable characters (59 bits); ``random(n)`` gives 0 to below n."""
    return "".join(CODE_ALPHABET[random(len(CODE_ALPHABET))] for _ in range(CODE_LENGTH))


def tidy_check_code(text: str) -> str:
    """Return the letters and digits of a typed code in capitals; whatever else stands in it means nothing."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def grouped_code(code: str) -> str:
    """Return the code in groups of four, as it stands on paper."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def holder_mark(*, check_code: str, name: str) -> str:
    """Return the mark of a holder's name; empty for a document without a holder."""
    plain = unicodedata.normalize("NFKD", name).upper()
    letters = re.sub(r"[^A-Z0-9]+", " ", "".join(each for each in plain if not unicodedata.combining(each))).strip()
    return hashlib.sha256(f"{check_code}|{letters}".encode()).hexdigest()[:16] if letters else ""


def key_name(public: bytes) -> str:
    """Return the short name of a public key of 32 bytes."""
    return hashlib.sha256(public).hexdigest()[:8]


def seal_text(*, statement: Statement, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return the seal of a statement; ``sign`` signs bytes with the key whose public half is ``public``."""
    until = f"{statement.valid_until:%Y%m%d}" if statement.valid_until else "-"
    fields = (
        VERSION,
        key_name(public),
        statement.number,
        statement.template,
        f"{statement.issued_on:%Y%m%d}",
        until,
        statement.holder_mark,
    )
    said = "|".join(fields).encode()
    return base64.b32encode(sign(_PREFIX + said) + said).decode().rstrip("=")


def read_seal(*, text: str, keys: Mapping[str, bytes]) -> Statement:
    """Return what a seal says, if one of our keys signed it. ``keys`` are public keys by name.

    A whole address that was scanned is taken too: the seal is what follows ``?s=``.

    :raises BadSeal: if it cannot be read, its key is unknown, or a character was changed.
    """
    seal = re.sub(r"\s", "", text).rpartition("?s=")[2].upper()
    if not seal or len(seal) > LONGEST_SEAL:
        raise BadSeal("unreadable")
    try:
        packed = base64.b32decode(seal + "=" * (-len(seal) % 8))
        said = packed[SIGNATURE_BYTES:]
        version, key, number, template, issued, until, mark = said.decode().split("|")
        statement = Statement(
            number=number,
            template=template,
            issued_on=_day(issued),
            valid_until=None if until == "-" else _day(until),
            holder_mark=mark,
        )
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise BadSeal("unreadable") from error
    if version != VERSION:
        raise BadSeal("unreadable")
    if key not in keys:
        raise BadSeal("unknown_key")
    try:
        Ed25519PublicKey.from_public_bytes(keys[key]).verify(packed[:SIGNATURE_BYTES], _PREFIX + said)
    except InvalidSignature as error:
        raise BadSeal("forged") from error
    return statement


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day on paper has no zone


def masked_name(name: str) -> str:
    """Return a name of which each word shows its first letter only: ``S••• R••••••``."""
    return " ".join(f"{word[0]}{'•' * min(len(word) - 1, 6)}" for word in name.split())
