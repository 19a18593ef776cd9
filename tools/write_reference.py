"""Write the pages of docs/reference that the code itself can tell: `python -m tools.write_reference`."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.launcher.places import ROOT, SOURCE

REFERENCE = ROOT / "docs" / "reference"
CONTRIBUTIONS_HEAD = """\
# Kinds of contribution

A room gives the city typed values in `gives` of its descriptor (`module.py`, `engine.py`, `room.py`). Each kind is a
frozen dataclass owned by the room that reads it; the reader asks `contributions(Kind)`. To add a kind, write the
dataclass in the reader's `contributions.py`: nothing else knows all of them.

This page is written by `python -m tools.write_reference`; a test proves that it is up to date.
"""
REGULATIONS_HEAD = """\
# Rules and their sources

Each rule of law or of a published standard that the code follows, with the place that follows it. To add one, write
`Source:` in the docstring of the rule, or `source=` in the value that carries it.

This page is written by `python -m tools.write_reference`; a test proves that it is up to date.
"""
_SOURCE = re.compile(r"^\s*Source:\s*(.+(?:\n(?!\s*\n|\s*:|\s*\"\"\").+)*)", re.MULTILINE)


def contribution_kinds() -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield (dotted room, class) of every kind of contribution."""
    for path in sorted([*SOURCE.glob("*/*/contributions.py"), SOURCE / "foundation/identity/permissions.py"]):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list):
                yield _dotted(path.parent), node


def sources() -> dict[str, set[str]]:
    """Return each source with the files that follow it."""
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        text = path.read_text("utf-8")
        if "ource:" not in text and "source=" not in text:
            continue
        for source in _sources_of(ast.parse(text)):
            found.setdefault(source, set()).add(str(path.relative_to(ROOT)))
    return found


def contributions_page() -> str:
    """Return the page of kinds, one section each."""
    sections = []
    for room, node in contribution_kinds():
        fields = [f"- `{ast.unparse(line)}`" for line in node.body if isinstance(line, ast.AnnAssign)]
        about = ast.get_docstring(node) or ""
        sections.append("\n".join([f"## {node.name}", "", f"Read by `{room}`.", "", about, "", *fields]))
    return "\n\n".join([CONTRIBUTIONS_HEAD.rstrip(), *sections]) + "\n"


def regulations_page() -> str:
    """Return the page of sources, one row each."""
    rows = [
        f"| {source} | {', '.join(f'`{name}`' for name in sorted(files))} |"
        for source, files in sorted(sources().items())
    ]
    return "\n".join([REGULATIONS_HEAD, "| source | followed in |", "|---|---|", *rows]) + "\n"


PAGES = {"contributions.md": contributions_page, "regulations.md": regulations_page}


def _sources_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            for match in _SOURCE.finditer(ast.get_docstring(node) or ""):
                yield _one_line(match.group(1))
        match node:
            case ast.keyword(arg="source", value=ast.Constant(value=str(text))) if text:
                yield _one_line(text)


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".").replace("|", "/")


def _dotted(folder: Path) -> str:
    return ".".join(folder.relative_to(SOURCE.parent).parts)


def main() -> int:
    """Write the pages; say which changed."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        target, text = REFERENCE / name, page()
        if not target.exists() or target.read_text("utf-8") != text:
            target.write_text(text, "utf-8")
            print(f"{target.relative_to(ROOT)}: written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
