"""Send one message to one address: looked up once, checked, called at exactly that number; no redirects, no long answers."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from balai.foundation.outbound.rules.addresses import BadAddress, check_address, check_ip

SECONDS = 10.0
MOST_BYTES = 64_000
Resolve = Callable[[str, int], list[str]]


class NotDelivered(Exception):
    """Nobody took the message. ``reason`` is a code of :data:`outbound.words.PROBLEMS`, ``detail`` for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail[:200]


@dataclass(frozen=True)
class Answer:
    """What came back: the status, at most 64 kB of the body, and how long it took."""

    status: int
    body: bytes
    milliseconds: int


def resolve(host: str, port: int) -> list[str]:
    """Return the numbers of a name, each once.

    :raises NotDelivered: ``unknown_host``.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered("unknown_host", host) from error
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def send(
    *,
    address: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    lookup: Resolve = resolve,
) -> Answer:
    """Send ``body`` and return the answer, whatever its status.

    The name is looked up once and the connection goes to the number that was checked, so a name that changes its
    meaning between look and call leads nowhere. A redirect is an answer like any other: nobody follows it.

    :raises NotDelivered: without an answer within ten seconds in all.
    """
    local = settings.BALAI_OUTBOUND_LOCAL
    try:
        host, port, secure = check_address(address, local_allowed=local)
        numbers = [check_ip(number, local_allowed=local) for number in lookup(host, port)]
    except BadAddress as error:
        raise NotDelivered(error.reason) from error
    if not numbers:
        raise NotDelivered("unknown_host", host)
    started = time.monotonic()
    connection = _connection(host, port, numbers[0], secure=secure)
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with closing(connection):
            connection.request(method, path, body=body or None, headers={"User-Agent": "Balai", **(headers or {})})
            response = connection.getresponse()
            content = _read(response, connection, started)
    except TimeoutError as error:
        raise NotDelivered("too_slow") from error
    except ssl.SSLError as error:
        raise NotDelivered("bad_certificate", str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("unreachable", str(error)) from error
    return Answer(response.status, content, round((time.monotonic() - started) * 1000))


def _connection(host: str, port: int, number: str, *, secure: bool) -> http.client.HTTPConnection:
    try:
        raw = socket.create_connection((number, port), timeout=SECONDS)
    except TimeoutError as error:
        raise NotDelivered("too_slow") from error
    except OSError as error:
        raise NotDelivered("unreachable", str(error)) from error
    if not secure:
        plain = http.client.HTTPConnection(host, port, timeout=SECONDS)
        plain.sock = raw
        return plain
    try:
        wrapped = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except OSError as error:
        with suppress(OSError):
            raw.close()
        raise NotDelivered("bad_certificate", str(error)) from error
    sealed = http.client.HTTPSConnection(host, port, timeout=SECONDS)
    sealed.sock = wrapped
    return sealed


def _read(response: http.client.HTTPResponse, connection: http.client.HTTPConnection, started: float) -> bytes:
    """Read what is needed of an answer; a drop a second must not hold the worker."""
    content = b""
    while len(content) < MOST_BYTES:
        left = SECONDS - (time.monotonic() - started)
        if left <= 0:
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = response.read1(MOST_BYTES - len(content))
        if not piece:
            break
        content += piece
    return content
