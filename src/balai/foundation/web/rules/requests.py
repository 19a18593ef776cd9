"""Which requests are turned away before anything else looks at them."""

import re
from collections.abc import Iterable, Mapping

# Far above any form of ours: what is longer is a mistake or an attack, and no database should see it.
FIELD_CHARACTERS = 50_000
QUERY_CHARACTERS = 4_000
NULL = "\x00"
# half of a character: no database keeps it, and no encoder writes it
_HALF = re.compile("[\ud800-\udfff]")
# UTF-8 that says such a half; JSON is read with them let through
_HALF_BYTES = re.compile(rb"\xed[\xa0-\xbf]")
# the escapes of a JSON text one after another, so that an escaped backslash begins no other; two halves that belong
# together are one character
_ESCAPES = re.compile(
    rb"\\(?:u(?P<null>0000)|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|u(?P<half>[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class RefusedRequest(Exception):
    """The request cannot be read; ``reason`` is the key of the words which say so."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_texts(texts: Iterable[str], *, most: int) -> None:
    """Check texts from outside.

    :raises RefusedRequest: if one holds a null or half of a character, or is longer than ``most`` characters.
    """
    for text in texts:
        if NULL in text:
            raise RefusedRequest("null")
        if not text.isascii() and _HALF.search(text):
            raise RefusedRequest("half")
        if len(text) > most:
            raise RefusedRequest("long")


def check_body(body: bytes) -> None:
    """Check a body that is no form; what reads it reads JSON, whatever kind of content it calls itself.

    :raises RefusedRequest: if a text in it holds a null or half of a character.
    """
    # also JSON in UTF-16 or UTF-32: nobody sends it, and the rules below read UTF-8
    if b"\x00" in body:
        raise RefusedRequest("null")
    # a half is never ASCII; looking for one takes ten times as long, and programs send mostly files in base 64
    if not body.isascii() and _HALF_BYTES.search(body):
        raise RefusedRequest("half")
    if b"\\u" in body:
        for found in _ESCAPES.finditer(body):
            if found["null"]:
                raise RefusedRequest("null")
            if found["half"]:
                raise RefusedRequest("half")


def texts_of(fields: Mapping[str, Iterable[str]]) -> Iterable[str]:
    """Return names and values of a query or a form."""
    for name, values in fields.items():
        yield name
        yield from values
