"""``balai events verify`` where there is nothing to verify: a sentence in two languages, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-c", "from balai.config.program import main; main()"]


def verify(folder: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program in an installation of its own."""
    known = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [*PROGRAM, "events", "verify", *more],
        env={**known, "BALAI_DATA": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def says(done: subprocess.CompletedProcess[str], *words: str) -> bool:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return all(each in done.stderr for each in words)


def test_other_settings_are_still_named_on_the_line(tmp_path: Path) -> None:
    done = verify(tmp_path / "new", "--settings", "no.such.settings")
    assert "No module named 'no'" in done.stderr


def test_without_tables(tmp_path: Path) -> None:
    assert says(verify(tmp_path / "new"), "Catatan peristiwa tidak dapat dibaca", "The record of events cannot be read")


def test_without_a_database(tmp_path: Path) -> None:
    done = verify(tmp_path, DATABASE_URL="sqlite:////no-such-folder/balai.sqlite3")
    assert says(done, "Catatan peristiwa tidak dapat dibaca", "unable to open database file")


def test_without_a_data_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = verify(tmp_path / "file" / "data")
    assert says(done, "Pengaturan tidak dapat dibaca", "The settings cannot be read", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content"), [("keys.json", "{"), ("city.toml", "[[")], ids=["broken keys", "broken city.toml"]
)
def test_with_a_broken_file(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert says(verify(tmp_path), "Pengaturan tidak dapat dibaca", "The settings cannot be read")


def test_with_an_address_of_no_database(tmp_path: Path) -> None:
    done = verify(tmp_path, DATABASE_URL="mysql://x")
    assert says(done, "Pengaturan tidak dapat dibaca", "expected sqlite:/// or postgresql://")
