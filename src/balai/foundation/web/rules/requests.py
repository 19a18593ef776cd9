"""Which requests are turned away before anything else looks at them."""

from collections.abc import Iterable, Mapping

# Far above any form of ours: what is longer is a mistake or an attack, and no database should see it.
FIELD_CHARACTERS = 50_000
QUERY_CHARACTERS = 4_000
NULL = "\x00"


class RefusedRequest(Exception):
    """The request cannot be read; ``reason`` is the key of the words which say so."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_texts(texts: Iterable[str], *, most: int) -> None:
    """Check texts from outside.

    :raises RefusedRequest: if one holds a null character or is longer than ``most`` characters.
    """
    for text in texts:
        if NULL in text:
            raise RefusedRequest("null")
        if len(text) > most:
            raise RefusedRequest("long")


def texts_of(fields: Mapping[str, Iterable[str]]) -> Iterable[str]:
    """Return names and values of a query or a form."""
    for name, values in fields.items():
        yield name
        yield from values
