"""Reports over HTTP, each in one durable commit, beside a bare driver that inserts the same rows."""

import json
import tempfile
from pathlib import Path

import psutil

from bench import city
from bench.databases import Database, databases
from bench.load import run_wrk
from bench.servers import serve
from bench.table import Row, progress

CLIENTS = (1, 4, 16)
SECONDS = 4
MOST_STATEMENTS = 12
MOST_CPU = 8.0

# every body is another report: the same words twice would be the same submission
SCRIPT = """
local n = 0
request = function()
  n = n + 1
  local body = "api_key=%(key)s&service_code=%(code)s&lat=%(lat)s&long=%(lon)s&description=Lampu+jalan+mati+nomor+" .. n .. "&email=warga" .. n .. "%%40contoh.example"
  return wrk.format("POST", nil, {["Content-Type"] = "application/x-www-form-urlencoded"}, body)
end
"""


def measure() -> list[Row]:
    """Return the figures for both databases and 1, 4 and 16 clients."""
    rows: list[Row] = []
    for database in databases(durable=True):
        with database as here, tempfile.TemporaryDirectory(prefix="balai-bench-") as folder:
            env = city.environment(url=here.url, data=Path(folder))
            city.set_up(env=env)
            key = city.command("api_key", "create", "--name", "bench", "--scope", "open311", env=env).split()[-1]
            about = json.loads(city.run_python("bench.probe", "intake", env=env))
            floor = json.loads(city.run_python("bench.probe", "floor", env=env))
            progress(f"intake on {here.name}")
            rows += _over_http(here, env, key, about, floor)
    return rows


def _over_http(here: Database, env: dict[str, str], key: str, about: dict, floor: dict) -> list[Row]:
    rows = []
    script = SCRIPT % {"key": key, "code": about["code"], "lat": about["lat"], "lon": about["lon"]}
    with serve(environment=env) as (base, process):
        watched: list[psutil.Process] = [process, *here.processes]
        for clients in CLIENTS:
            load = run_wrk(
                f"{base}/open311/v2/requests.json", clients=clients, seconds=SECONDS, script=script, watched=watched
            )
            good = load.errors == 0 and about["statements"] <= MOST_STATEMENTS and load.cpu_ms <= MOST_CPU
            rows.append(
                Row(
                    name="intake",
                    what=f"{here.name}, {clients} clients",
                    value=(
                        f"p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms, {load.per_second:.0f}/s, "
                        f"{load.cpu_ms:.1f} ms cpu, {about['statements']} statements"
                        + (f", {load.errors} errors" if load.errors else "")
                    ),
                    floor=f"{floor['per_second']:.0f}/s, {floor['cpu_ms']:.1f} ms cpu (bare driver)",
                    bar="≤ 12 statements, ≤ 8 ms cpu",
                    met=good,
                    figures={
                        "p50": load.p50,
                        "p99": load.p99,
                        "per_second": load.per_second,
                        "cpu_ms": load.cpu_ms,
                        "statements": about["statements"],
                        "errors": load.errors,
                        "floor": floor,
                    },
                )
            )
    return rows
