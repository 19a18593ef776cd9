"""Applications of thirty questions with three files over HTTP, each in one durable commit, beside a bare driver."""

import json
import tempfile
from pathlib import Path
from statistics import fmean

import psutil

from bench import city
from bench.databases import Database, databases
from bench.load import run_wrk
from bench.servers import serve
from bench.table import Row, progress

CLIENTS = (1, 4)
SECONDS = 4
SHARE = 0.30

SCRIPT = """
local file = io.open("%(body)s", "r")
local body = file:read("*a")
file:close()
-- cut once: looking through 170 kB for each request would take the server's processor
local parts, from = {}, 1
while true do
  local first, last = body:find("NUMBER", from, true)
  parts[#parts + 1] = body:sub(from, (first or 0) - 1)
  if not first then break end
  from = last + 1
end
local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer %(key)s"}
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", nil, headers, table.concat(parts, tostring(n)))
end
"""


def measure() -> list[Row]:
    """Return the figures for both databases."""
    rows: list[Row] = []
    for database in databases(durable=True):
        with database as here, tempfile.TemporaryDirectory(prefix="balai-bench-") as folder:
            env = city.environment(url=here.url, data=Path(folder))
            city.set_up(env=env)
            body = Path(folder) / "body.json"
            about = json.loads(city.run_python("bench.probe", "apply", str(body), env=env).splitlines()[-1])
            progress(f"applications on {here.name}")
            rows += _over_http(here, env, about, body)
    return rows


def _floor(env: dict[str, str], number: int) -> dict[str, float]:
    return json.loads(city.run_python("bench.probe", "apply_floor", str(number), env=env).splitlines()[-1])


def _over_http(here: Database, env: dict[str, str], about: dict, body: Path) -> list[Row]:
    rows = []
    # before and after each load: a shared machine is not as fast from one minute to the next
    floors = [_floor(env, 0)]
    script = SCRIPT % {"key": about["key"], "body": body}
    with serve(environment=env) as (base, process):
        watched: list[psutil.Process] = [process, *here.processes]
        for clients in CLIENTS:
            load = run_wrk(base + about["path"], clients=clients, seconds=SECONDS, script=script, watched=watched)
            floors.append(_floor(env, len(floors)))
            floor = {name: fmean(each[name] for each in floors[-2:]) for name in floors[-1]}
            share = load.per_second / floor["per_second"]
            without_bytes = load.per_second / floor["without_bytes"]
            rows.append(
                Row(
                    name="apply",
                    what=f"{here.name}, {clients} clients, 30 questions, 3 files",
                    value=(
                        f"{share:.0%} of the floor ({without_bytes:.0%} of the one without bytes); p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms, "
                        f"{load.per_second:.0f}/s, {load.cpu_ms:.1f} ms cpu, {about['statements']} statements"
                        + (f", {load.errors} errors" if load.errors else "")
                    ),
                    floor=f"{floor['per_second']:.0f}/s, {floor['cpu_ms']:.1f} ms cpu (bare driver); "
                    f"{floor['without_bytes']:.0f}/s without the bytes of its files",
                    bar="≥ 30 % of the bare driver",
                    met=load.errors == 0 and share >= SHARE,
                    figures={
                        "share": share,
                        "share_without_bytes": without_bytes,
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
