"""Every word of the house is there in Indonesian."""

import ast

import pytest

from tests.architecture.house import Place, places, python_files
from tools.check_catalogues import FUNCTIONS, missing_of_room, problems_of_catalogue


@pytest.mark.parametrize("place", places(), ids=lambda place: place.package)
def test_the_catalogue_is_complete(place: Place) -> None:
    catalogue = place.folder / "locale" / "id" / "LC_MESSAGES" / "django.po"
    problems = [*missing_of_room(place.folder)]
    if catalogue.exists():
        problems += problems_of_catalogue(catalogue)
    assert problems == []


@pytest.mark.parametrize("place", places(), ids=lambda place: place.package)
def test_no_word_hides_behind_a_name_that_nobody_reads(place: Place) -> None:
    # neither makemessages nor the check above knows "gettext as _now": its words would stay English
    hidden = [
        f"{path.name}:{node.lineno}: {alias.name} as {alias.asname}"
        for path in python_files(place)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in FUNCTIONS and alias.asname not in (None, "_")
    ]
    assert hidden == []


@pytest.mark.parametrize("place", places(), ids=lambda place: place.package)
def test_words_of_templates_are_in_the_catalogue(place: Place) -> None:
    from io import BytesIO

    from babel.messages.extract import extract
    from babel.messages.pofile import read_po
    from django.utils.translation import template  # noqa: F401 - Django's own reader of templates
    from django.utils.translation.template import templatize

    catalogue = place.folder / "locale" / "id" / "LC_MESSAGES" / "django.po"
    known: set[str] = set()
    if catalogue.exists():
        with catalogue.open("rb") as file:
            known = {
                m.id[0] if isinstance(m.id, tuple | list) else str(m.id) for m in read_po(file, locale="id") if m.id
            }
    missing = []
    for path in sorted((place.folder / "templates").rglob("*.html")):
        # indentation means nothing in a template, but the extractor reads the result as Python
        source = "\n".join(line.strip() for line in templatize(path.read_text("utf-8"), origin=str(path)).split("\n"))
        keywords = {
            "gettext": None,
            "_": None,
            "ngettext": (1, 2),
            "pgettext": ((1, "c"), 2),
            "npgettext": ((1, "c"), 2, 3),
        }
        for line, found, _, _ in extract("python", BytesIO(source.encode()), keywords=keywords):
            text = found if isinstance(found, str) else next((part for part in found if isinstance(part, str)), "")
            if text and text not in known:
                missing.append(f"{path.name}:{line}: {text!r}")
    assert missing == []


def test_two_rooms_say_one_thing_in_one_way() -> None:
    """Django reads all catalogues into one: of two translations of the same words only one is ever shown."""
    from babel.messages.pofile import read_po

    said: dict[tuple[str | None, str], dict[str, list[str]]] = {}
    for place in places():
        catalogue = place.folder / "locale" / "id" / "LC_MESSAGES" / "django.po"
        if not catalogue.exists():
            continue
        with catalogue.open("rb") as file:
            for message in read_po(file, locale="id"):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    words = message.string if isinstance(message.string, str) else message.string[0]
                    said.setdefault((message.context, key), {}).setdefault(words, []).append(place.package)
    assert {key: words for key, words in said.items() if len(words) > 1} == {}
