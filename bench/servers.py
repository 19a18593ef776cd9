"""Start servers as a city would, and count what they cost."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(
    *, environment: dict[str, str], application: str = "balai.config.wsgi:application", path: str = "/healthz"
) -> Iterator[tuple[str, psutil.Process]]:
    """Run granian with two processes; yield its address and its process."""
    port = free_port()
    command = [
        str(Path(sys.executable).parent / "granian"),
        "--interface",
        "wsgi",
        "--workers",
        "2",
        "--blocking-threads",
        "8",
        "--backpressure",
        "2048",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--log-level",
        "warning",
        application,
    ]
    process = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(base + path)
        yield base, psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str, seconds: float = 60) -> None:
    """Wait until an address answers 200."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if time.monotonic() > until:
            raise TimeoutError(f"{url} did not answer in {seconds} s")
        time.sleep(0.2)


def cpu_of(processes: list[psutil.Process]) -> float:
    """Return the processor seconds that these processes and their children have used."""
    total = 0.0
    for process in processes:
        for one in (process, *process.children(recursive=True)):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total


def wrk() -> str:
    """Return the load generator's path.

    :raises SystemExit: naming the command that gets it.
    """
    found = shutil.which("wrk")
    if not found:
        raise SystemExit("bench needs wrk: sudo apt-get install wrk")
    return found
