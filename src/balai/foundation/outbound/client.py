"""Send one message to one address: looked up once, checked, called at exactly that number; no redirects, no long answers."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
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
    meaning between look and call leads nowhere; a name with several numbers is called at each until one takes the
    call. A redirect is an answer like any other: nobody follows it.

    :raises NotDelivered: without an answer within ten seconds of the look-up, however slowly it drips.
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
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        raw = _call(numbers, port, started=started)
        with _hung_up_at(raw, started + SECONDS), closing(_connection(raw, host, port, secure=secure)) as connection:
            connection.request(method, path, body=body or None, headers={"User-Agent": "Balai", **(headers or {})})
            response = connection.getresponse()
            content = response.read(MOST_BYTES)
    except TimeoutError as error:
        raise NotDelivered("too_slow") from error
    except ssl.SSLError as error:
        raise NotDelivered("bad_certificate", str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("unreachable", str(error)) from error
    return Answer(response.status, content, round((time.monotonic() - started) * 1000))


def _call(numbers: Sequence[str], port: int, *, started: float) -> socket.socket:
    """Connect to the first number that takes the call; each has a fair share of the time that is left.

    :raises OSError: of the last one, if none does.
    """
    refused: OSError = TimeoutError()
    for place, number in enumerate(numbers):
        left = SECONDS - (time.monotonic() - started)
        if left <= 0:
            break
        try:
            raw = socket.create_connection((number, port), timeout=left / (len(numbers) - place))
        except OSError as error:
            refused = error
        else:
            raw.settimeout(SECONDS)
            return raw
    raise refused


def _connection(raw: socket.socket, host: str, port: int, *, secure: bool) -> http.client.HTTPConnection:
    # the class decides whether the Host header names the port
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(host, port)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if secure else raw
    except OSError:
        with suppress(OSError):
            raw.close()
        raise
    return connection


@contextmanager
def _hung_up_at(raw: socket.socket, moment: float) -> Iterator[None]:
    """Hang up at ``moment`` (of :func:`time.monotonic`), whatever is being waited for: handshake, headers or body.

    A time limit of the socket begins anew with every drop that arrives; a drop a second must not hold the worker.

    :raises TimeoutError: if it hung up.
    """
    # a second handle on the same line: the first one belongs to the encryption
    line = raw.dup()
    hung_up = threading.Event()

    def hang_up() -> None:
        hung_up.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, moment - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if hung_up.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        line.close()
    if hung_up.is_set():
        raise TimeoutError
