"""`./balai lint` and `./balai fix`: the habits of the house, checked and put in order by tools."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tools.launcher.environment import set_up
from tools.launcher.places import PYTHON, ROOT, SOURCE, VENV
from tools.launcher.say import say

CODE = ["src", "tests", "tools", "bench", "conftest.py", "balai"]


@dataclass(frozen=True)
class Check:
    """One tool: its name, its command, and what to do when it complains."""

    name: str
    command: list[str]
    advice: str


def lint() -> int:
    """Run every check, print what the failing ones said, return the exit code."""
    set_up(developer=True, browser=False)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "balai.config.settings.test"}
    env.pop("DATABASE_URL", None)
    # Two at a time: as many as the smallest machine has cores.
    with ThreadPoolExecutor(max_workers=2) as workers:
        failures = sum(workers.map(lambda check: _run(check, env=env), _checks()))
    print()
    print("All checks passed." if failures == 0 else f"{failures} of {len(_checks())} checks failed.", flush=True)
    return 1 if failures else 0


def fix() -> int:
    """Let the tools mend what they can, return the exit code."""
    set_up(developer=True, browser=False)
    code = 0
    ruff = str(VENV / "bin" / "ruff")
    for command in (
        [ruff, "check", "--fix", *_existing(CODE)],
        [ruff, "format", *_existing(CODE)],
        [str(VENV / "bin" / "djhtml"), "--tabwidth", "2", *_templates()],
        [str(PYTHON), "-m", "tools.write_reference"],
    ):
        code = max(code, subprocess.run(command, cwd=ROOT, check=False).returncode)
    return code


def _checks() -> list[Check]:
    programs = VENV / "bin"
    django = [str(PYTHON), "-m", "django"]
    return [
        Check("types", [str(programs / "mypy")], "mypy"),
        Check("format", [str(programs / "ruff"), "format", "--check", *_existing(CODE)], "./balai fix"),
        Check("style", [str(programs / "ruff"), "check", *_existing(CODE)], "./balai fix mends some"),
        Check("walls between rooms", [str(programs / "lint-imports"), "--no-logo"], "see docs/explanation"),
        Check(
            "templates: order", [str(programs / "djhtml"), "--tabwidth", "2", "--check", *_templates()], "./balai fix"
        ),
        Check("templates: structure", [str(programs / "curlylint"), "src/balai"], "close what is open"),
        Check("migrations", [*django, "makemigrations", "--check", "--dry-run"], "./balai makemigrations"),
        Check("descriptors and settings", [*django, "check", "--fail-level", "WARNING"], "mend what it names"),
        Check("translations", [str(PYTHON), "-m", "tools.check_catalogues"], "complete locale/id of the room"),
        Check("files of others", [str(PYTHON), "-m", "tools.check_vendor"], "./balai demo copies them anew"),
    ]


def _existing(names: list[str]) -> list[str]:
    return [name for name in names if (ROOT / name).exists()]


def _templates() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in SOURCE.glob("*/*/templates/**/*.html"))


def _run(check: Check, *, env: dict[str, str]) -> int:
    began = time.monotonic()
    done = subprocess.run(check.command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    spent = time.monotonic() - began
    if done.returncode == 0:
        say(f"{check.name}: good ({spent:.1f} s)")
        return 0
    said = (done.stdout + done.stderr).strip()
    say(f"{check.name}: FAILED ({spent:.1f} s); {check.advice}\n{said}")
    return 1
