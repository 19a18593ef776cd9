"""Load over HTTP with wrk, and what one run says."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.servers import cpu_of, wrk
from bench.table import middle

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """Medians over the runs. Times in milliseconds."""

    p50: float
    p99: float
    per_second: float
    cpu_ms: float
    errors: int
    requests: int


def _ms(text: str, name: str) -> float:
    found = re.search(rf"{name}%\s+([\d.]+)(us|ms|s|m)", text)
    if not found:
        raise RuntimeError(f"wrk printed no {name}% line:\n{text}")
    return float(found[1]) * UNITS[found[2]]


def run_wrk(
    url: str,
    *,
    clients: int,
    seconds: float,
    runs: int = 5,
    headers: dict[str, str] | None = None,
    script: str = "",
    watched: list[psutil.Process],
) -> Load:
    """Return the medians of ``runs`` runs against ``url``."""
    found: list[Load] = []
    with tempfile.TemporaryDirectory() as folder:
        command = [wrk(), "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        if script:
            path = Path(folder) / "load.lua"
            path.write_text(script, "utf-8")
            command += ["-s", str(path)]
        subprocess.run([*command[:3], "-d1s", *command[4:], url], check=True, capture_output=True)  # warm
        for _run in range(runs):
            before = cpu_of(watched)
            out = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
            used = cpu_of(watched) - before
            done = re.search(r"(\d+) requests in", out)
            requests = int(done[1]) if done else 0
            bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
            sockets = re.search(r"Socket errors: .*read (\d+).*timeout (\d+)", out)
            rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
            found.append(
                Load(
                    p50=_ms(out, "50"),
                    p99=_ms(out, "99"),
                    per_second=float(rate[1]) if rate else 0.0,
                    cpu_ms=used / max(1, requests) * 1000,
                    errors=(int(bad[1]) if bad else 0) + (int(sockets[2]) if sockets else 0),
                    requests=requests,
                )
            )
    return Load(
        p50=middle([item.p50 for item in found]),
        p99=middle([item.p99 for item in found]),
        per_second=middle([item.per_second for item in found]),
        cpu_ms=middle([item.cpu_ms for item in found]),
        errors=sum(item.errors for item in found),
        requests=sum(item.requests for item in found),
    )
