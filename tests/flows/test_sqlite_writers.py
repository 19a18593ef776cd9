"""Writers of SQLite take turns, wait as long as they may, and hold nothing that could be forgotten."""

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler, OperationalError

from balai.config.database import database_from_url
from bench.sqlite_writers import measure, write_once

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
OURS = "balai.config.sqlite"


@pytest.fixture
def handler(tmp_path: Path) -> Any:
    database = database_from_url(f"sqlite:///{tmp_path}/turns.sqlite3")
    assert database["ENGINE"] == OURS
    database["OPTIONS"]["timeout"] = 0.4
    made = ConnectionHandler({"default": database})
    with made["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE lines (id INTEGER PRIMARY KEY, words TEXT)")
    yield made
    made["default"].close()


def count(handler: Any) -> int:
    with handler["default"].cursor() as cursor:
        return int(cursor.execute("SELECT COUNT(*) FROM lines").fetchone()[0])


def test_every_thread_gets_its_turn(tmp_path: Path) -> None:
    waits, gave_up = measure(backend=OURS, threads=8, seconds=2, folder=tmp_path)
    assert gave_up == 0
    # without turns single threads wait for seconds, and one of them has it all
    assert min(len(mine) for mine in waits) * 20 > max(len(mine) for mine in waits)
    assert max(max(mine) for mine in waits) < 1.5


def test_whoever_waits_too_long_is_told_as_ever_and_can_go_on(handler: Any, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "turns.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(OperationalError, match="database is locked"):
        write_once(handler["default"])
    assert 0.4 <= time.monotonic() - began < 5
    other.execute("COMMIT")
    write_once(handler["default"])
    assert count(handler) == 5
    # what waits outside a transaction waits in SQLite's own way again
    assert handler["default"].connection.execute("PRAGMA busy_timeout").fetchone() == (400,)
    other.close()


def test_a_writer_that_dies_in_the_middle_keeps_nobody_waiting(handler: Any) -> None:
    def die() -> None:
        connection = handler["default"]
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        connection.cursor().execute("INSERT INTO lines (words) VALUES ('lost')")
        connection.connection.close()

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    write_once(handler["default"])
    assert count(handler) == 5


def test_beginning_is_one_statement_in_the_log(handler: Any) -> None:
    connection = handler["default"]
    connection.force_debug_cursor = True
    write_once(connection)
    assert [row["sql"] for row in connection.queries_log if row["sql"].startswith("BEGIN")] == ["BEGIN IMMEDIATE"]
    assert not [row for row in connection.queries_log if "PRAGMA" in row["sql"]]


def test_a_passing_write_does_not_wait_for_the_disk_and_the_next_one_does(handler: Any) -> None:
    connection = handler["default"]
    with connection.passing(), connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (1,)
        cursor.execute("INSERT INTO lines (words) VALUES ('passing')")
    assert count(handler) == 1
    assert connection.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert not connection.connection.in_transaction


def test_a_passing_write_that_fails_leaves_nothing_and_no_lighter_commits(handler: Any) -> None:
    connection = handler["default"]

    def fail() -> None:
        with connection.passing():
            connection.connection.execute("INSERT INTO lines (words) VALUES ('lost')")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert count(handler) == 0
    assert connection.connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_passing_write_takes_its_turn_and_gives_up_as_ever(handler: Any, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "turns.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked"), handler["default"].passing():
        pass
    other.execute("COMMIT")
    other.close()
    assert handler["default"].connection.execute("PRAGMA synchronous").fetchone() == (2,)
    with handler["default"].passing(), handler["default"].cursor() as cursor:
        cursor.execute("INSERT INTO lines (words) VALUES ('later')")
    assert count(handler) == 1
