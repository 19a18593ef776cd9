"""A city to measure in: boundaries, agencies, people, categories, as the example city makes them."""

import os
import subprocess
import sys
from pathlib import Path

from bench.table import progress

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, "-m", "django"]


def environment(*, url: str, data: Path) -> dict[str, str]:
    """Return the variables under which every process of one measurement runs."""
    return {
        "DATABASE_URL": url,
        "BALAI_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "balai.config.settings.bench",
        "BALAI_BASE_URL": "http://127.0.0.1",
        "PYTHONPATH": f"{ROOT}/src:{ROOT}",
    }


def command(*words: str, env: dict[str, str], quiet: bool = True) -> str:
    """Run one command of the program and return what it printed."""
    done = subprocess.run(
        [*MANAGE, *words], env=os.environ | env, capture_output=quiet, text=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout or ""


def set_up(*, env: dict[str, str], cases: int = 0, applications: int = 0) -> None:
    """Make tables and the example city with bulk-made complaints over three years, or applications over one."""
    progress(f"setting up {env['DATABASE_URL'].split(':')[0]} with {cases or applications:,} matters")
    command("migrate", "-v0", env=env)
    command("createcachetable", env=env)
    command("collectstatic", "--noinput", "-v0", env=env)
    command("example", "load", "--size", "100", env=env)
    if cases:
        run_python("bench.fill", str(cases), env=env)
    if applications:
        run_python("bench.fill_applications", str(applications), env=env)


def run_python(module: str, *arguments: str, env: dict[str, str]) -> str:
    """Run a module of the benchmark in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | env,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout
