"""Walk the house: its rooms, its files, what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "balai"
FLOORS = ("foundation", "engines", "modules")


@dataclass(frozen=True)
class Place:
    """A room: its floor (0 = foundation), its name and its folder."""

    floor: int
    name: str
    folder: Path

    @property
    def package(self) -> str:
        return f"balai.{FLOORS[self.floor]}.{self.name}"


@cache
def places() -> tuple[Place, ...]:
    """Return every room of the three floors."""
    return tuple(
        Place(number, folder.name, folder)
        for number, floor in enumerate(FLOORS)
        for folder in sorted((HOUSE / floor).iterdir())
        if (folder / "__init__.py").exists()
    )


def place_of(package: str) -> Place | None:
    """Return the room that a dotted name lies in."""
    return next((place for place in places() if f"{package}.".startswith(f"{place.package}.")), None)


def python_files(place: Place, *, with_tests: bool = False) -> Iterator[Path]:
    """Yield the room's Python files, without migrations."""
    for path in sorted(place.folder.rglob("*.py")):
        parts = path.relative_to(place.folder).parts
        if "migrations" not in parts and (with_tests or "tests" not in parts):
            yield path


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of every absolute import in a file, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def named(path: Path) -> str:
    """Return a path as a reader of a failure wants it."""
    return str(path.relative_to(ROOT))
