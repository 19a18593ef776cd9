"""The Boston log into PostgreSQL: cases per second and memory."""

import json
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil

from bench import city
from bench.databases import postgres
from bench.table import Row, progress

FILE = "permintaan_layanan_311/boston_311_2015.csv.gz"


def shared_data() -> Path:
    """Return where the data sets that are not part of the project lie."""
    return Path(os.environ.get("BALAI_SHARED_DATA", city.ROOT.parent / "shared" / "data"))


def measure() -> list[Row]:
    """Return the figure, or a line that says what is missing."""
    path = shared_data() / FILE
    if not path.exists():
        return [Row(name="import", what="Boston log", value=f"not measured: {path.name} is absent (BALAI_SHARED_DATA)")]
    with postgres(durable=True) as database, tempfile.TemporaryDirectory(prefix="balai-bench-") as folder:
        env = city.environment(url=database.url, data=Path(folder))
        city.set_up(env=env)
        progress("importing the Boston log")
        said = Path(folder) / "said.log"
        with said.open("w") as words:
            process = subprocess.Popen(
                [
                    *city.MANAGE,
                    "complaints",
                    "import",
                    str(path),
                    "--mapping",
                    "examples/mappings/boston.toml",
                    "--json",
                ],
                env=os.environ | env,
                cwd=city.ROOT,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
            )
            sizes: list[int] = []
            watcher = threading.Thread(target=_watch, args=(process.pid, sizes), daemon=True)
            watcher.start()
            out, _ = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"the import ended with {process.returncode}: {said.read_text('utf-8')[-2000:]}")
        counts = json.loads(out.splitlines()[-1])
        agreed = json.loads(city.command("complaints", "on-time", "--json", env=env).splitlines()[-1])
    rate = counts["imported"] / counts["seconds"]
    early = max(sizes[: max(1, len(sizes) // 4)])
    growth = max(sizes) / early
    return [
        Row(
            name="import",
            what="Boston log into PostgreSQL",
            value=(
                f"{rate:,.0f} cases/s ({counts['imported']:,} in {counts['seconds']:.0f} s), "
                f"peak {max(sizes) / 1e6:.0f} MB (× {growth:.2f} of the first quarter), "
                f"on time: {agreed['agree']:,} of {agreed['compared']:,} agree"
            ),
            bar="≥ 2,000/s, memory flat",
            met=rate >= 2_000 and growth < 1.25 and agreed["agree"] == agreed["compared"],
            figures={"counts": counts, "agreement": agreed, "peak_bytes": max(sizes), "growth": growth},
        )
    ]


def _watch(pid: int, sizes: list[int]) -> None:
    try:
        process = psutil.Process(pid)
        while process.is_running():
            sizes.append(process.memory_info().rss)
            time.sleep(0.5)
    except psutil.Error:
        return
