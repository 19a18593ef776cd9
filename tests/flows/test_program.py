"""The program names what is missing, in both languages, and how to go on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("words", [("example", "sign-ins"), ("api-key", "list")])
def test_a_database_without_tables_is_told_with_its_folder(tmp_path: Path, words: tuple[str, ...]) -> None:
    settings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    run = subprocess.run(
        [sys.executable, "-c", "from balai.config.program import main; main()", *words],
        env={**settings, "BALAI_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "balai.config.settings.demo"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert f"The database in {tmp_path} is not prepared." in run.stderr
    assert "BALAI_DATA=FOLDER" in run.stderr
