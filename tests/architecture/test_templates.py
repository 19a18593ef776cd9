"""Each room has its own skin: no template of another room but the frame's, and none that nobody uses."""

import re
from pathlib import Path

from tests.architecture.house import HOUSE, Place, named, places, python_files

# What Django and allauth look for by name.
FOUND_BY_NAME = re.compile(r"^(django/forms/|account/|mfa/|allauth/|registration/|socialaccount/|\d{3}\.html)")
USED = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")
NAMED = re.compile(r"""["']([a-z0-9_/-]+\.(?:html|txt|xml|svg))["']""")


def templates(place: Place) -> list[Path]:
    return sorted(path for path in (place.folder / "templates").rglob("*") if path.is_file())


def owner_of(template: str) -> Place | None:
    return next((place for place in places() if (place.folder / "templates" / template).exists()), None)


def name_of(path: Path, place: Place) -> str:
    return str(path.relative_to(place.folder / "templates"))


def test_no_template_uses_another_rooms() -> None:
    wrong = []
    for place in places():
        for path in templates(place):
            for used in USED.findall(path.read_text("utf-8")):
                owner = owner_of(used)
                if owner is None and used.startswith("django/"):
                    continue
                if owner is None:
                    wrong.append(f"{named(path)} uses {used}, which no room has")
                elif owner.name != "web" and owner.package != place.package and not owner.floor < place.floor:
                    wrong.append(f"{named(path)} uses {used} of {owner.package}")
    assert wrong == []


def test_errors_are_said_once() -> None:
    """A whole form says them above its fields by itself."""
    twice = []
    for place in places():
        for path in templates(place):
            # from one form to the next
            for part in re.sub(r"{#.*?#}", "", path.read_text("utf-8")).split("</form>"):
                whole = re.search(r"{{ ?(\w*form)(?:\.as_div)? ?}}", part)
                if whole and re.search(r'include "web/_errors\.html"', part):
                    twice.append(named(path))
    assert twice == []


def test_every_template_is_used() -> None:
    mentioned: set[str] = set()
    for place in places():
        for path in templates(place):
            mentioned.update(NAMED.findall(path.read_text("utf-8")))
        for path in python_files(place):
            mentioned.update(NAMED.findall(path.read_text("utf-8")))
    unused = [
        named(path)
        for place in places()
        for path in templates(place)
        if not FOUND_BY_NAME.match(name_of(path, place)) and name_of(path, place) not in mentioned
    ]
    assert unused == []


def test_pages_hold_no_style_and_no_script_that_the_policy_refuses() -> None:
    """The content security policy refuses style attributes, event handlers and scripts without nonce."""
    refused = re.compile(r"\sstyle=|\son(?:click|change|submit|load|input|error)=|javascript:", re.IGNORECASE)
    bare_script = re.compile(
        r"<script(?![^>]*\b(?:src\b|nonce\b|type=.application/(?:ld\+)?json\b))[^>]*>", re.IGNORECASE
    )
    wrong = [
        f"{named(path)}: {found.group(0).strip()}"
        for path in sorted(HOUSE.glob("*/*/templates/**/*.html"))
        for pattern in (refused, bare_script)
        for found in pattern.finditer(
            re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text("utf-8"), flags=re.DOTALL)
        )
    ]
    assert wrong == []
