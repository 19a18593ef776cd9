"""Pages at growing sizes: the desk, one case, the public map, the statistics."""

import json
import tempfile
from pathlib import Path

import psutil

from bench import city
from bench.databases import postgres
from bench.load import Load, run_wrk
from bench.servers import serve
from bench.table import Row, progress

SECONDS = 4
DEEP = 20
# how much slower the slowest of a hundred may be at the largest size than at the smallest
GROWTH = {"desk": 1.3, "services": 1.5}


def _statements(path: str, session: str, env: dict[str, str]) -> dict:
    return json.loads(city.run_python("bench.probe", "statements", session, path, env=env).splitlines()[-1])


def _deep(path: str, session: str, env: dict[str, str]) -> str:
    for _page in range(DEEP):
        following = _statements(path, session, env)["next"]
        if not following:
            break
        path = following if following.startswith("/") else path.split("?", maxsplit=1)[0] + following
    return path


def measure(*, sizes: list[int], only: list[str]) -> list[Row]:
    """Return the figures of every page at every size; a page's last size is held against its first.

    Pages of applications are asked in a city of applications, the others in a city of complaints.
    """
    rows: list[Row] = []
    for groups in (["services"], ["desk", "map", "statistics"]):
        wanted = [name for name in groups if name in only]
        if wanted:
            rows += _measure(sizes, wanted)
    return rows


def _measure(sizes: list[int], only: list[str]) -> list[Row]:
    rows: list[Row] = []
    first: dict[str, Load] = {}
    for size in sizes:
        with (
            postgres(durable=True) as database,
            tempfile.TemporaryDirectory(prefix="balai-bench-") as folder,
        ):
            env = city.environment(url=database.url, data=Path(folder))
            city.set_up(env=env, **{"applications" if only == ["services"] else "cases": size})
            about = json.loads(city.run_python("bench.probe", "session", env=env))
            with serve(
                environment={**env, "PYTHONPATH": env["PYTHONPATH"]}, application="bench.hello:application", path="/"
            ) as (base, process):
                hello = run_wrk(base + "/", clients=1, seconds=2, watched=[process])
            with serve(environment=env) as (base, process):
                for group, (name, path, signed, most, bar) in _pages(about, only):
                    where = _deep(path, about["session"], env) if name == "desk, deep page" else path
                    rows.append(
                        _row(
                            group=group,
                            name=name,
                            base=base,
                            path=where,
                            session=about["session"] if signed else "",
                            most=most,
                            bar=bar,
                            size=size,
                            hello=hello,
                            first=first,
                            env=env,
                            watched=[process, *database.processes],
                        )
                    )
    return rows


def _pages(about: dict, only: list[str]) -> list[tuple[str, tuple[str, str, bool, int, float]]]:
    west, south, east, north = about["box"]
    middle = ((west + east) / 2, (south + north) / 2)
    tenth = ((east - west) / 20, (north - south) / 20)
    part = f"{middle[0] - tenth[0]},{middle[1] - tenth[1]},{middle[0] + tenth[0]},{middle[1] + tenth[1]}"
    whole = f"{west},{south},{east},{north}"
    desk = "/desk/complaints/"
    return [
        (group, row)
        for group, row in (
            ("desk", ("desk, open", f"{desk}?group=open", True, 8, 30.0)),
            ("desk", ("desk, by state (ended)", f"{desk}?group=ended", True, 8, 30.0)),
            ("desk", ("desk, deep page", f"{desk}?group=all", True, 8, 30.0)),
            ("desk", ("case with full history", f"{desk}{about['case']}/", True, 10, 15.0)),
            ("map", ("map, 1 % box", f"/complaints/map.json?bbox={part}&zoom=16", False, 0, 20.0)),
            ("map", ("map, whole city", f"/complaints/map.json?bbox={whole}&zoom=12", False, 0, 100.0)),
            ("map", ("map, whole city, closest zoom", f"/complaints/map.json?bbox={whole}&zoom=19", False, 0, 100.0)),
            ("statistics", ("statistics", "/complaints/statistics/?months=36", False, 0, 50.0)),
            ("services", ("inbox of applications, open", "/desk/services/?group=open", True, 8, 0.0)),
            ("services", ("inbox of applications, late", "/desk/services/?group=late", True, 8, 0.0)),
            ("services", ("performance of services", "/services/performance/", False, 14, 0.0)),
            ("services", ("one application", f"/desk/services/{about['application']}/", True, 0, 0.0)),
        )
        if group in only
    ]


def _row(
    *,
    group: str,
    name: str,
    base: str,
    path: str,
    session: str,
    most: int,
    bar: float,
    size: int,
    hello: Load,
    first: dict[str, Load],
    env: dict[str, str],
    watched: list[psutil.Process],
) -> Row:
    progress(f"{name} at {size:,}")
    count = _statements(path, session, env)
    if count["status"] != 200:
        raise RuntimeError(f"{path} answered {count['status']}")
    headers = {"Cookie": f"sessionid={session}"} if session else {}
    load = run_wrk(base + path, clients=1, seconds=SECONDS, headers=headers, watched=watched)
    earlier = first.setdefault(name, load)
    growth = load.p99 / earlier.p99 if earlier.p99 else 1.0
    good = load.errors == 0 and (not bar or load.p50 <= bar) and (not most or count["statements"] <= most)
    bars = [f"p50 ≤ {bar:.0f} ms"] if bar else []
    bars += [f"≤ {most} queries"] if most else []
    if group in GROWTH:
        good = good and growth <= GROWTH[group]
        bars.append(f"p99 ≤ {GROWTH[group]} × the smallest")
    return Row(
        name=f"{size:,}",
        what=name,
        value=(
            f"p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms (× {growth:.2f}), {load.per_second:.0f}/s, "
            f"{load.cpu_ms:.1f} ms cpu, {count['statements']} queries"
        ),
        floor=f"hello p50 {hello.p50:.2f} ms, {hello.per_second:.0f}/s",
        bar=", ".join(bars),
        met=good,
        figures={
            "size": size,
            "p50": load.p50,
            "p99": load.p99,
            "growth": growth,
            "per_second": load.per_second,
            "cpu_ms": load.cpu_ms,
            "queries": count["statements"],
            "bytes": count["bytes"],
            "hello": {"p50": hello.p50, "per_second": hello.per_second},
        },
    )
