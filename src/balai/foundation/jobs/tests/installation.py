"""A database that other processes can open too, and workers on it. Other rooms' tests use it as well."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from balai.foundation.jobs.actions import path_of
from balai.foundation.jobs.models import Job


@dataclass
class Installation:
    """A database that workers, which are processes, share with the test."""

    url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=lambda: {"DJANGO_SETTINGS_MODULE": "balai.config.settings.test"})
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def queue(self, task: Any, *, times: int = 1, at: datetime, **arguments: Any) -> None:
        Job.objects.bulk_create(
            [
                Job(
                    path=path_of(task),
                    arguments={
                        name: str(value).replace("#", str(number)) if isinstance(value, str) else value
                        for name, value in arguments.items()
                    },
                    run_after=at,
                    created_at=at,
                )
                for number in range(times)
            ]
        )

    def use_own_keys(self) -> None:
        """Let the workers read what this process encrypted."""
        shutil.copy(django_settings.DATA_DIR / "keys.json", self.folder / "keys.json")

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "DATABASE_URL": self.url, "BALAI_DATA": str(self.folder), **self.settings}
        process = subprocess.Popen(
            [sys.executable, "-c", "from balai.config.program import main; main()", "worker", *options],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "worker.log").open("ab"),
        )
        self.processes.append(process)
        return process

    def wait(self, until: Callable[[], bool], *, seconds: float = 40) -> None:
        patience = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < patience, (self.folder / "worker.log").read_text("utf-8")[-3000:]
            time.sleep(0.05)


def _on_disk(folder: Path) -> BaseDatabaseWrapper:
    """Return the default connection on a file that has the test database's tables: others cannot see its memory."""
    path = folder / "apart.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(path)
    connection.connection.backup(target)
    target.close()
    default = connections["default"]
    return type(default)({**default.settings_dict, "NAME": str(path)}, alias="default")


def _server_url(settings: dict[str, Any]) -> str:
    who = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
    port = f"&port={settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{who}@/{settings['NAME']}?host={quote(settings['HOST'], safe='')}{port}"


@pytest.fixture
def installation(transactional_db: None, tmp_path: Path) -> Iterator[Installation]:
    default = connections["default"]
    if default.vendor == "sqlite":
        connections["default"] = _on_disk(tmp_path)
        url = f"sqlite:///{connection.settings_dict['NAME']}?synchronous=NORMAL"
    else:
        url = _server_url(default.settings_dict)
    made = Installation(url=url, folder=tmp_path)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()
    if default.vendor == "sqlite":
        connection.close()
        connections["default"] = default
