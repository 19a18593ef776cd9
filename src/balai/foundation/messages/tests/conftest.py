"""A mail server that does what a test tells it, and people to write to."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from balai.foundation.identity.actions import register_resident
from balai.foundation.identity.models import Resident
from balai.foundation.jobs.tests.installation import installation
from balai.foundation.messages.actions import Draft
from balai.foundation.units.tests.signed_in import sign_in

__all__ = ["installation", "sign_in"]
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@dataclass
class MailServer:
    """Speaks enough SMTP for ``smtplib``.

    ``answers``: command → answer instead of the good one; "drop" closes the line, "hang" stays silent. ``end`` is the
    answer after the text.
    """

    port: int
    answers: dict[str, str] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_string(text, policy=policy.default) for text in self.received]  # type: ignore[misc]


class _Talk(socketserver.StreamRequestHandler):
    told: MailServer

    def _say(self, command: str, good: str) -> bool:
        answer = self.told.answers.get(command, good)
        if answer == "hang":
            self.told.released.wait(5)
            return False
        if answer == "drop":
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True

    def handle(self) -> None:
        if not self._say("CONNECT", "220 ready"):
            return
        while line := self.rfile.readline():
            command = line.decode().strip().upper()[:4]
            if command == "DATA":
                if not self._say("DATA", "354 go on"):
                    return
                if self.told.answers.get("DATA", "354").startswith("354"):
                    text = []
                    while (part := self.rfile.readline().decode()) not in (".\r\n", ""):
                        text.append(part)
                    if not self.told.answers.get("END", "250").startswith(("4", "5")):
                        self.told.received.append("".join(text).replace("\r\n", "\n"))
                    if not self._say("END", "250 kept"):
                        return
            elif not self._say(command, "221 bye" if command == "QUIT" else "250 good") or command == "QUIT":
                return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    told = MailServer(port=0)
    server = _Server(("127.0.0.1", 0), type("Talk", (_Talk,), {"told": told}))
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield told
    told.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def by_smtp(settings: Any, mail_server: MailServer) -> MailServer:
    """Let mail really travel to the server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", mail_server.port, 2
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    return mail_server


@pytest.fixture
def resident(db: None) -> Resident:
    made = register_resident(name="Siti", email="siti@example.org", locale="id", at=AT)
    assert made is not None
    return made


@pytest.fixture
def operator(db: None) -> Any:
    return get_user_model().objects.create(
        email="operator@example.org", name="Operator", locale="id", is_operator=True, created_at=AT
    )


@pytest.fixture
def draft(resident: Resident) -> Callable[..., Draft]:
    """Return a maker of drafts to the resident."""

    def make(key: str = "event:1:resident:1:email", **changes: Any) -> Draft:
        given: dict[str, Any] = {
            "dedupe_key": key,
            "template": "verification_code",
            "channel": "email",
            "resident_id": resident.pk,
            "secret_context": {"code": "123456"},
        }
        return Draft(**{**given, **changes})

    return make
