"""Calls to others: bounded in time and length, at the number that was checked."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from balai.foundation.outbound import client
from balai.foundation.outbound.client import NotDelivered
from balai.foundation.outbound.tests.receiver import Receiver
from balai.foundation.units.tests.city import Town


def test_a_long_answer_and_a_slow_one_hold_nobody(town: Town, other: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    other.body = b"x" * 5_000_000
    assert len(client.send(address=other.address).body) <= client.MOST_BYTES
    monkeypatch.setattr(client, "SECONDS", 0.3)
    other.body, other.seconds = b"", 1.0
    with pytest.raises(NotDelivered, match="too_slow"):
        client.send(address=other.address)


def test_a_drop_at_a_time_holds_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every drop comes in time; the whole does not: in the headers, and in a handshake that never answers."""
    monkeypatch.setattr(client, "SECONDS", 0.5)
    for secure, first in ((False, b"HTTP/1.1 200 OK\r\n"), (True, b"\x16\x03\x03\x3f\xff\x02")):
        with dripping(first) as port:
            began = time.monotonic()
            with pytest.raises(NotDelivered, match="too_slow"):
                client.send(address=f"http{'s' if secure else ''}://127.0.0.1:{port}/")
            assert time.monotonic() - began < 5


@contextmanager
def dripping(first: bytes) -> Iterator[int]:
    """Take one call and answer it a byte every tenth of a second, for ten seconds at most."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                line, _who = server.accept()
                with line:
                    line.sendall(first)
                    for _ in range(100):
                        time.sleep(0.1)
                        line.sendall(b"X")

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_a_name_with_several_numbers_is_called_at_each(town: Town, other: Receiver) -> None:
    """The first number takes no calls, as the sixth version of the net does on many lines."""
    port = other.address.rsplit(":", 1)[1].split("/", maxsplit=1)[0]
    numbers = ["::1", "127.0.0.1"]
    answer = client.send(address=f"http://nama.contoh.example:{port}/", lookup=lambda _host, _port: numbers)
    assert answer.status == 200


def test_the_name_is_looked_up_once_and_called_as_it_was_checked(town: Town, other: Receiver) -> None:
    """A name that changes its meaning between look and call (DNS rebinding) leads nowhere else."""
    asked: list[str] = []
    port = other.address.rsplit(":", 1)[1].split("/", maxsplit=1)[0]

    def lookup(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    answer = client.send(address=f"http://nama.contoh.example:{port}/hook", body=b"{}", lookup=lookup)
    assert answer.status == 200
    assert asked == ["nama.contoh.example"]
    assert other.heard[0][1]["host"] == f"nama.contoh.example:{port}"
