"""What holds for every test: which tests a run takes, and what it tells the launcher."""

import json
import os
from pathlib import Path

import hypothesis
import pytest
from _pytest.terminal import TerminalReporter

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

REPORT = os.environ.get("BALAI_TEST_REPORT")
RUN = os.environ.get("BALAI_TEST_RUN", "")
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
# A test that takes one of these uses the database, and is worth a run on each.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup", "admin_client"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of the other database, and on PostgreSQL those that use none: SQLite's run had them."""
    left_out = [item for item in items if not _belongs(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _belongs(item: pytest.Item) -> bool:
    if item.get_closest_marker("sqlite" if ON_POSTGRES else "postgresql"):
        return False
    return RUN != "PostgreSQL" or _uses_database(item)


def _uses_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db"):
        return True
    from django.test import SimpleTestCase, TestCase, TransactionTestCase  # noqa: PLC0415 - after Django is set up

    cls = getattr(item, "cls", None)
    if cls is not None and issubclass(cls, SimpleTestCase):
        return issubclass(cls, TestCase | TransactionTestCase)
    return bool(DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Tell the launcher how many passed, failed and were skipped, and why."""
    if not REPORT:
        return
    stats = terminalreporter.stats
    skipped: dict[str, list[str]] = {}
    for report in stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        skipped.setdefault(reason.removeprefix("Skipped: "), []).append(report.nodeid)
    told = {
        "passed": len(stats.get("passed", [])) + len(stats.get("xfailed", [])),
        "failed": len(stats.get("failed", [])) + len(stats.get("error", [])) + len(stats.get("xpassed", [])),
        "skipped": skipped,
    }
    Path(REPORT).write_text(json.dumps(told), "utf-8")
