"""What the reference says is what the code does."""

import re
import tomllib

import pytest

from tests.architecture.house import HOUSE, ROOT
from tools.write_reference import PAGES, contribution_kinds, sources

REFERENCE = ROOT / "docs" / "reference"


def test_every_kind_of_contribution_is_documented() -> None:
    page = (REFERENCE / "contributions.md").read_text("utf-8")
    kinds = [node.name for _, node in contribution_kinds()]
    assert len(kinds) > 10
    assert [name for name in kinds if f"\n## {name}\n" not in page] == []


def test_every_kind_says_what_it_is_for() -> None:
    assert [node.name for _, node in contribution_kinds() if not (node.body and _docstring(node))] == []


def _docstring(node) -> str:
    import ast

    return ast.get_docstring(node) or ""


@pytest.mark.parametrize("name", PAGES)
def test_written_pages_are_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name](), "run: ./balai fix"


def test_every_source_of_a_rule_is_listed() -> None:
    page = (REFERENCE / "regulations.md").read_text("utf-8")
    assert [source for source in sources() if source not in page] == []


def test_every_setting_is_documented() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    asked = re.compile(r"""environ(?:\.get|\.setdefault|\.pop)?[(\[]\s*["']([A-Z_]+)["']""")
    read = {
        name
        for folder in ("src", "tools", "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
        for name in asked.findall(path.read_text("utf-8"))
        if name.startswith("BALAI_") or name == "DATABASE_URL"
    }
    assert "BALAI_DATA" in read
    assert sorted(name for name in read if f"`{name}`" not in page) == []


def test_no_setting_is_documented_that_nobody_reads() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    code = "\n".join(
        path.read_text("utf-8") for folder in ("src", "tools", "tests") for path in (ROOT / folder).rglob("*.py")
    ) + (ROOT / "conftest.py").read_text("utf-8")
    assert sorted(name for name in set(re.findall(r"`(BALAI_[A-Z_]+)`", page)) if f'"{name}"' not in code) == []


def test_the_environment_is_read_in_the_settings_only() -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in HOUSE.rglob("*.py")
        if "config" not in path.relative_to(HOUSE).parts and "tests" not in path.parts
        if re.search(r"\bos\.environ|\bgetenv\(", path.read_text("utf-8"))
    ]
    assert elsewhere == []


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", ["setup"]), ("requirements-dev.lock", ["setup", "dev"])]
)
def test_the_locks_hold_what_the_project_asks_for(lock: str, groups: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = project["project"]["dependencies"] + [
        line for group in groups for line in project["dependency-groups"][group]
    ]
    pins = set(re.findall(r"^([a-z0-9-]+==[^ ]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
    names = {pin.split("==")[0] for pin in pins}
    missing = []
    for line in asked:
        name, _, version = re.sub(r"\[.*?\]", "", line).partition("==")
        if (version and f"{name}=={version}" not in pins) or name not in names:
            missing.append(line)
    assert missing == []


def test_the_locks_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"):
        assert not re.search(r"--index|--find-links|\"resolved\"", (ROOT / name).read_text("utf-8")), name
