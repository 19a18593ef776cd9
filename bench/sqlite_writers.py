"""Measure how long writers of SQLite wait for each other: `python -m bench.sqlite_writers [THREADS] [SECONDS]`.

Prints one line for Django's own backend and one for ours: commits a second, and waiting times of one transaction.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db.utils import ConnectionHandler, OperationalError

from balai.config.database import database_from_url

BACKENDS = ("django.db.backends.sqlite3", "balai.config.sqlite")
ROWS = 5


def write_once(connection: Any) -> None:
    """Write a few rows in one transaction, as ``atomic`` does."""
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        with connection.cursor() as cursor:
            for _row in range(ROWS):
                cursor.execute("INSERT INTO lines (words) VALUES (%s)", ["x" * 300])
        connection.commit()
    finally:
        connection.set_autocommit(True)


def measure(*, backend: str, threads: int, seconds: float, folder: Path) -> tuple[list[list[float]], int]:
    """Return the seconds that each transaction took, by thread, and how many writers gave up."""
    database = database_from_url(f"sqlite:///{folder}/{backend.rpartition('.')[2]}.sqlite3") | {"ENGINE": backend}
    handler = ConnectionHandler({"default": database})
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE lines (id INTEGER PRIMARY KEY, words TEXT)")
    waits: list[list[float]] = [[] for _thread in range(threads)]
    gave_up: list[int] = []
    ends_at = time.monotonic() + seconds

    def work(mine: list[float]) -> None:
        connection = handler["default"]
        while time.monotonic() < ends_at:
            began = time.monotonic()
            try:
                write_once(connection)
            except OperationalError:
                gave_up.append(1)
            mine.append(time.monotonic() - began)
        connection.close()

    workers = [threading.Thread(target=work, args=(mine,)) for mine in waits]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    handler["default"].close()
    return waits, len(gave_up)


def main(threads: int = 16, seconds: float = 10) -> None:
    """Measure both backends on the same machine, one after the other."""
    settings.configure()
    django.setup()
    for backend in BACKENDS:
        with tempfile.TemporaryDirectory() as folder:
            waits, gave_up = measure(backend=backend, threads=threads, seconds=seconds, folder=Path(folder))
        every = sorted(wait for mine in waits for wait in mine)
        p50, p99 = (every[int(len(every) * share)] * 1000 for share in (0.5, 0.99))
        counts = [len(mine) for mine in waits]
        print(
            f"{backend:28} {threads} threads: {len(every) / seconds:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
            f"longest {every[-1] * 1000:.0f} ms, gave up {gave_up}, a thread wrote {min(counts)} to {max(counts)} times"
        )


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3]))
