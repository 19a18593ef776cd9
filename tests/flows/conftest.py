"""Real processes: a database that they share, a mail server that counts, the web server and the worker."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from balai.foundation.jobs.tests.installation import Installation, installation
from balai.foundation.messages.tests.conftest import MailServer, mail_server

__all__ = ["installation", "mail_server"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class WebServer:
    """The web server as a city runs it, on a port of its own; it may be killed and started again."""

    environment: dict[str, str]
    log: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = Path(sys.executable).parent / "granian"
        command = [str(program), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", "1", "--blocking-threads", "4", "--log-level", "error"]
        self.process = subprocess.Popen(
            [*command, "balai.config.wsgi:application"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("ab"),
            start_new_session=True,
        )
        patience = time.monotonic() + 40
        while not self._answers():
            assert time.monotonic() < patience, self.log.read_text("utf-8")[-3000:]
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/open311/v2/services.json", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """End it and its workers at once, as a power cut does."""
        if self.process is not None and self.process.poll() is None:
            # its own session: nobody else's process is in this group
            os.killpg(self.process.pid, 9)
            self.process.wait()


@pytest.fixture
def web_server(installation: Installation, mail_server: MailServer) -> Iterator[WebServer]:
    installation.settings = {
        "DJANGO_SETTINGS_MODULE": "balai.config.settings.base",
        "BALAI_SMTP_HOST": "127.0.0.1",
        "BALAI_SMTP_PORT": str(mail_server.port),
    }
    installation.use_own_keys()
    server = WebServer(
        environment={
            **os.environ,
            "DATABASE_URL": installation.url,
            "BALAI_DATA": str(installation.folder),
            **installation.settings,
        },
        log=installation.folder / "web.log",
    )
    yield server
    server.kill()
