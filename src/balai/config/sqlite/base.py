"""Let writers of SQLite take turns: nobody waits for ever while one thread writes again and again.

SQLite itself makes a waiting writer sleep up to 100 ms and try again; whoever has just written is awake and begins
anew meanwhile, so that under load one thread has it all and another waits until it gives up. Here each waits about as
long as the other. Nothing is held while waiting, so that nothing can be forgotten or hang: no lock, no file.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.sqlite3 import base
from django.db.backends.utils import debug_transaction

# seconds between two tries, on average; a commit takes about one to five thousandths
PAUSE = 0.001
_jitter = random.Random()


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite whose transactions begin as soon as the writer before has ended."""

    transaction_mode: str | None

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction, trying every thousandth of a second for as long as ``timeout`` allows.

        :raises OperationalError: "database is locked" after that time, as ever.
        """
        limit = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))
        if self.transaction_mode is None or limit <= 0:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        # what Django's own would run and log; not through a cursor, whose care for each error costs more than a try
        with self.wrap_database_errors, debug_transaction(self, f"BEGIN {self.transaction_mode}"):
            self._begin(give_up_at=time.monotonic() + limit, limit=limit)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Write something short outside a transaction whose loss at a power cut does no harm, and keep nobody waiting.

        It takes its turn as a transaction does, where a statement by itself would wait in SQLite's own way; its commit
        does not wait for the disk, and comes to it with the next that does (``synchronous=NORMAL`` of a WAL).
        """
        self.ensure_connection()
        limit = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))
        with self.wrap_database_errors:
            before = self.connection.execute("PRAGMA synchronous").fetchone()[0]
            self.connection.execute("PRAGMA synchronous = NORMAL")
            try:
                self._begin(give_up_at=time.monotonic() + limit, limit=limit)
                try:
                    yield
                    self.connection.execute("COMMIT")
                except BaseException:
                    if self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")
                    raise
            finally:
                self.connection.execute(f"PRAGMA synchronous = {before}")

    def _begin(self, *, give_up_at: float, limit: float) -> None:
        self._wait_in_sqlite(seconds=0)
        try:
            while True:
                try:
                    self.connection.execute(f"BEGIN {self.transaction_mode or 'IMMEDIATE'}")
                except sqlite3.OperationalError as error:
                    if not _is_busy(error) or time.monotonic() >= give_up_at:
                        raise
                    time.sleep(PAUSE * _jitter.uniform(0.5, 1.5))
                else:
                    return
        finally:
            # single statements outside a transaction, and checkpoints, wait in SQLite's own way
            self._wait_in_sqlite(seconds=limit)

    def _wait_in_sqlite(self, *, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    """Return whether another connection is writing; the low byte is the kind, the rest says more about it."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
