"""Databases to measure on: PostgreSQL with fsync and synchronous commit on, SQLite with synchronous=FULL."""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.postgres import find_programs, private_postgres


@dataclass
class Database:
    """One database, and the processes of its own that use the processor for it."""

    name: str
    url: str
    processes: list[psutil.Process] = field(default_factory=list)


@contextmanager
def postgres(*, durable: bool) -> Iterator[Database]:
    """Run a private PostgreSQL."""
    with private_postgres(durable=durable) as server:
        yield Database("PostgreSQL", server.url, [psutil.Process(server.pid)])


@contextmanager
def sqlite() -> Iterator[Database]:
    """Make an SQLite file."""
    with tempfile.TemporaryDirectory(prefix="balai-bench-") as folder:
        yield Database("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")


def databases(*, durable: bool) -> list[AbstractContextManager[Database]]:
    """Return both databases as context managers; only SQLite where PostgreSQL's binaries are absent."""
    return [postgres(durable=durable), sqlite()] if find_programs() else [sqlite()]
