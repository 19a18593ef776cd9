"""Where things lie: no drawers, no giants, no half-said promises."""

import re
import subprocess

import pytest

from tests.architecture.house import HOUSE, ROOT, Place, imports_of, named, place_of, places, python_files

DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "misc", "shared", "managers", "services"}
# The public module may be called services, as the law calls them; its command and templates bear a module's name.
SERVICES = HOUSE / "modules" / "services"
LET_THROUGH = {
    SERVICES,
    SERVICES / "management" / "commands" / "services.py",
    SERVICES / "templates" / "services",
    SERVICES / "static" / "services",
}
LONGEST_FILE = 500
# Files that were longer when the rule came; the list may only shrink.
STILL_LONGER: set[str] = set()
# What a rule may take from these packages: values, and a generator that was handed in.
PURE = {"random.Random", "pathlib.PurePath", "pathlib.PurePosixPath"}
# The files of an engine that a module may use. `words` and `forms` are parts of screens that several modules share.
# `contributions` is how a module gives a kind of matter, `bulk` how example and import tell whole histories.
ENGINE_DOORS = {
    "actions", "queries", "rules", "events", "models", "permissions", "web", "api", "contributions", "bulk", "words",
    "forms",
}  # fmt: skip


def our_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_drawers() -> None:
    drawers = [
        named(path)
        for path in HOUSE.rglob("*")
        if path.stem.lstrip("_") in DRAWERS and "__pycache__" not in path.parts and path not in LET_THROUGH
        if path.suffix in {"", ".py"} and "node_modules" not in path.parts and "vendor" not in path.parts
    ]
    assert drawers == []


def test_no_giants() -> None:
    long = {
        name
        for name in our_files()
        if name.endswith((".py", ".html", ".css", ".js")) or name == "balai"
        if len((ROOT / name).read_text("utf-8").splitlines()) > LONGEST_FILE
        if "/migrations/" not in name
    }
    assert long - STILL_LONGER == set()
    assert STILL_LONGER - long == set(), "shorter now: take them off the list"


def test_nothing_is_left_to_do() -> None:
    """What is not done is not half-said in the code: it is in the issue list."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    left = [
        f"{name}:{number}"
        for name in our_files()
        if name.endswith((".py", ".html", ".css", ".js", ".toml", ".md"))
        and name not in {"tests/architecture/test_layout.py", "pyproject.toml"}
        and not name.startswith("docs/")
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert left == []


@pytest.mark.parametrize("place", places(), ids=lambda place: place.package)
def test_a_room_tells_its_purpose(place: Place) -> None:
    assert (place.folder / "README.md").exists(), "a page: purpose, nouns, events in and out"


def test_modules_enter_an_engine_by_its_doors() -> None:
    wrong = []
    for place in places():
        for path in python_files(place):
            for line, name in imports_of(path):
                target = place_of(name)
                if target is None or target.floor != 1 or target.package == place.package:
                    continue
                inside = name.removeprefix(target.package).strip(".").split(".")
                if inside[0] not in ENGINE_DOORS or any(part.startswith("_") for part in inside):
                    wrong.append(f"{named(path)}:{line} imports {name}")
    assert wrong == []


def test_no_room_takes_what_another_calls_private() -> None:
    wrong = []
    for place in places():
        for path in python_files(place):
            for line, name in imports_of(path):
                target = place_of(name)
                if target and target.package != place.package:
                    inside = name.removeprefix(target.package).strip(".").split(".")
                    if any(part.startswith("_") for part in inside):
                        wrong.append(f"{named(path)}:{line} imports {name}")
    assert wrong == []


def test_rules_know_neither_clock_nor_chance_nor_disk() -> None:
    forbidden = ("random", "secrets", "time", "os", "pathlib", "socket", "django", "sqlite3", "psycopg")
    wrong = [
        f"{named(path)}:{line} imports {name}"
        for place in places()
        for path in python_files(place)
        if "rules" in path.relative_to(place.folder).with_suffix("").parts[:1]
        for line, name in imports_of(path)
        if name.split(".")[0] in forbidden and name not in PURE
    ]
    assert wrong == []
