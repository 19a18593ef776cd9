"""A real program at the other end of a line, on this machine."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What it heard, and how it answers: a status, a body, a header, a wait."""

    address: str = ""
    status: int = 200
    body: bytes = b"{}"
    location: str = ""
    seconds: float = 0.0
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def said(self, place: int = -1) -> Any:
        """Return the JSON of a message."""
        return json.loads(self.heard[place][2])


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.heard.append((self.command, {name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(state.seconds)
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        # the names are those of http.server
        do_POST = _answer  # noqa: N815
        do_GET = _answer  # noqa: N815

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
