"""Prove that every room's Indonesian words are complete: `python -m tools.check_catalogues`."""

import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from tools.launcher.places import ROOT, SOURCE

FUNCTIONS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def problems_of_catalogue(path: Path) -> Iterator[str]:
    """Yield each message without words, unsure of its words, or with other placeholders than the source."""
    catalogue = _read(path)
    for message in catalogue:
        if not message.id:
            continue
        where = f"{path.relative_to(ROOT)}: {_first(message.id)!r}"
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.fuzzy:
            yield f"{where} is marked fuzzy"
        elif not all(words):
            yield f"{where} has no words"
        elif any(_placeholders(text) - _placeholders_of(message) for text in words):
            yield f"{where} has placeholders that the source does not have"


def missing_of_room(room: Path) -> Iterator[str]:
    """Yield each message that a Python file of the room asks for and its catalogue does not know.

    Templates are read by ``makemessages``; Python files are read here too, because a forgotten run shows there first.
    """
    catalogue = room / "locale" / "id" / "LC_MESSAGES" / "django.po"
    known = {_first(message.id) for message in _read(catalogue)} if catalogue.exists() else set()
    for source in sorted(room.rglob("*.py")):
        if {"tests", "migrations"} & set(source.relative_to(room).parts):
            continue
        for line, found, _, _ in extract_from_file("python", str(source), keywords=FUNCTIONS):
            text = _source_text(found)
            if text and text not in known:
                yield f"{source.relative_to(ROOT)}:{line}: {text!r} is not in the room's locale/id"


def _source_text(found: object) -> str:
    if isinstance(found, tuple | list):
        texts = [part for part in found if isinstance(part, str)]
        return texts[0] if texts else ""
    return found if isinstance(found, str) else ""


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="id")


def _first(text: object) -> str:
    return text[0] if isinstance(text, tuple | list) else str(text)


def _placeholders_of(message: Message) -> set[str]:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    return set().union(*(_placeholders(text) for text in ids))


def _placeholders(text: str | None) -> set[str]:
    if not text:
        return set()
    named = {part.split(")")[0] for part in text.split("%(")[1:]}
    try:
        braced = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        braced = set()
    return named | braced


def main() -> int:
    """Print every problem; return the exit code."""
    problems = [
        problem
        for path in sorted(SOURCE.glob("*/*/locale/*/LC_MESSAGES/*.po"))
        for problem in problems_of_catalogue(path)
    ]
    for descriptor in ("module.py", "engine.py", "room.py"):
        for path in sorted(SOURCE.glob(f"*/*/{descriptor}")):
            problems += missing_of_room(path.parent)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
