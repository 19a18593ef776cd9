"""`./balai test`: every test this machine can run, on SQLite, on PostgreSQL and in a browser."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser_programs import APT_LINE as CHROMIUM_APT_LINE
from tests.browser_programs import find_chromium
from tests.device_programs import APT_LINE as SOFTHSM_APT_LINE
from tests.device_programs import find_softhsm
from tests.postgres import APT_LINE as POSTGRES_APT_LINE
from tests.postgres import NoPostgres, find_programs, start_private_postgres
from tools.launcher.environment import set_up
from tools.launcher.places import PYTHON, ROOT
from tools.launcher.say import complain, say

# Makes everything that is missing a failure: for a machine that should have it all.
COMPLETE = os.environ.get("BALAI_TEST_COMPLETE") == "1"
NO_TESTS = 5


@dataclass
class Pass:
    """One run of pytest: which tests, on which database, and what came of it."""

    name: str
    arguments: list[str]
    database: str = ""
    passed: int = 0
    failed: int = 0
    skipped: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0


def run_given(arguments: list[str]) -> int:
    """Run pytest with the caller's own arguments, on SQLite unless ``BALAI_TEST_DATABASE=postgresql``."""
    set_up(developer=True, browser=True)
    with _database(wanted=os.environ.get("BALAI_TEST_DATABASE") == "postgresql") as address:
        sys.stdout.flush()
        return _pytest(arguments, env=_env(address))


def run_everything() -> int:
    """Run all tests, tell what could not run and what would enable it; return the exit code."""
    set_up(developer=True, browser=True)
    missing: dict[str, str] = {}
    browser = find_chromium() is not None
    if not browser:
        missing["browser tests (tests/browser): no Chromium"] = CHROMIUM_APT_LINE
    if find_programs() is None:
        missing["every test on PostgreSQL: no PostgreSQL server programs"] = POSTGRES_APT_LINE
    if find_softhsm() is None:
        missing["tests of keys in devices (PKCS#11): no SoftHSM"] = SOFTHSM_APT_LINE
    passes = [Pass("SQLite", [*_BOTH_CORES, "-m", "not browser"])]
    failures_of_setup = 0
    try:
        with _database(wanted=find_programs() is not None) as address:
            if address:
                passes.append(Pass("PostgreSQL", [*_BOTH_CORES, "-m", "not browser"], address))
            if browser:
                passes.append(Pass("browser", [*_BOTH_CORES, "tests/browser"], address))
            for one in passes:
                _run(one)
    except NoPostgres as failure:
        complain(str(failure))
        failures_of_setup = 1
    return _sum_up(passes, missing, failures_of_setup)


_BOTH_CORES = ["-n", "2", "--dist", "loadscope"]


def _run(one: Pass) -> None:
    began = time.monotonic()
    say(f"Tests: {one.name}")
    with tempfile.TemporaryDirectory(prefix="balai-report-") as folder:
        report = Path(folder) / "report.json"
        env = {**_env(one.database), "BALAI_TEST_REPORT": str(report), "BALAI_TEST_RUN": one.name}
        code = _pytest(["-q", *one.arguments], env=env)
        if report.exists():
            told = json.loads(report.read_text("utf-8"))
            one.passed, one.failed, one.skipped = told["passed"], told["failed"], told["skipped"]
    if code not in {0, NO_TESTS} and one.failed == 0:
        one.failed = 1
    one.seconds = time.monotonic() - began


def _pytest(arguments: list[str], *, env: dict[str, str]) -> int:
    process = subprocess.Popen([PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # pytest got it too, and tells what it has so far
            continue


def _env(database: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BALAI_DATA"}}
    env["DJANGO_SETTINGS_MODULE"] = "balai.config.settings.test"
    if database:
        env["DATABASE_URL"] = database
    return env


@contextmanager
def _database(*, wanted: bool) -> Iterator[str]:
    """Run a private PostgreSQL for the block and give its address; an empty address means SQLite."""
    if not wanted:
        yield ""
        return
    server = start_private_postgres(durable=False)
    try:
        yield server.url
    finally:
        server.stop()


def _sum_up(passes: list[Pass], missing: dict[str, str], failures_of_setup: int) -> int:
    print()
    for one in passes:
        print(f"{one.name}: {one.passed} passed, {one.failed} failed in {one.seconds:.0f} s")
    reasons: dict[str, list[str]] = {}
    for one in passes:
        for reason, names in one.skipped.items():
            reasons.setdefault(reason, []).extend(names)
    for reason, names in sorted(reasons.items()):
        print(f"Skipped: {reason}")
        for name in sorted(set(names)):
            print(f"    {name}")
    for what, line in missing.items():
        print(f"Could not run: {what}. To enable it: {line}")
    passed = sum(one.passed for one in passes)
    failed = sum(one.failed for one in passes) + failures_of_setup + (len(missing) if COMPLETE else 0)
    skipped = sum(len(names) for names in reasons.values())
    print()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed else 0
