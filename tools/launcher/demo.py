"""`./balai demo`: the example city, with its web server and its worker, ended together."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from tools.launcher.environment import set_up
from tools.launcher.places import PYTHON, ROOT, SOURCE
from tools.launcher.say import SIGN_OF_LIFE_SECONDS, Command, StepFailed, complain, say, seconds
from tools.launcher.stamps import contents_hash, dates_hash, read_stamp, write_stamp

HOST = "127.0.0.1"
SETTINGS = "balai.config.settings.demo"
DATABASE_FILE = "balai.sqlite3"
# Its presence says that the database beside it was made by a demo and may be deleted by one.
MARK = "demo.json"
SECONDS_TO_START = 60
SECONDS_TO_END = 10
PR_SET_PDEATHSIG = 1


class EndAsked(Exception):
    """Somebody asked the demo to end."""


def start(*, port: int, data: Path, fresh: bool) -> int:
    """Set up what is missing, load the example city once, serve until asked to end; return the exit code.

    :raises StepFailed: if something needed cannot be had: the port, the data folder, a step of set-up.
    """
    signal.signal(signal.SIGTERM, _ask_end)
    signal.signal(signal.SIGINT, _ask_end)
    try:
        _check_port(port)
        with _owner_of(data, port=port):
            set_up(developer=False, browser=True)
            env = _environment(data, port=port)
            _prepare(data, env=env, fresh=fresh)
            return _serve(data, env=env, port=port)
    except EndAsked:
        say("Ended before it was ready. The same command goes on from here.")
        return 130


def settings_of(data: Path) -> dict[str, str]:
    """Return the environment that a data folder of a demo needs; empty for a city's own."""
    if not (data / MARK).exists() or "DJANGO_SETTINGS_MODULE" in os.environ:
        return {}
    return {"DJANGO_SETTINGS_MODULE": SETTINGS, **_database_of(data)}


def _database_of(data: Path) -> dict[str, str]:
    if os.environ.get("DATABASE_URL"):
        return {}
    # A demo may lose its last second when the power fails; in return it stores three times as fast.
    return {"DATABASE_URL": f"sqlite:///{quote(str(data / DATABASE_FILE))}?synchronous=NORMAL"}


def _environment(data: Path, *, port: int) -> dict[str, str]:
    return {
        **os.environ,
        **_database_of(data),
        "BALAI_DATA": str(data),
        "BALAI_BASE_URL": os.environ.get("BALAI_BASE_URL", f"http://{HOST}:{port}"),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "PYTHONUNBUFFERED": "1",
    }


def _check_port(port: int) -> None:
    if _is_free(port):
        return
    free = next((other for other in range(port + 1, min(port + 200, 65536)) if _is_free(other)), None)
    advice = f"./balai demo --port {free}" if free else "./balai demo --port N"
    raise StepFailed(
        f"Port {port} is in use by another program. Free it, or: {advice}\n"
        f"Port {port} sedang dipakai program lain. Bebaskan, atau: {advice}"
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextmanager
def _owner_of(data: Path, *, port: int) -> Iterator[None]:
    """Hold the data folder, so that two demos never load or delete in it at once."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "demo.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StepFailed(
                f"A demo is running with this data folder already: {lock.read().strip()}\nGive another one: --data DIR\n"
                "Demo lain sedang memakai folder data ini. Pakai folder lain: --data DIR"
            ) from None
        lock.truncate(0)
        lock.write(f"http://{HOST}:{port}/\n")
        lock.flush()
        yield


def _prepare(data: Path, *, env: dict[str, str], fresh: bool) -> None:
    mark = data / MARK
    database = data / DATABASE_FILE
    own = not os.environ.get("DATABASE_URL")
    if own and database.exists() and not mark.exists():
        raise StepFailed(
            f"{data} holds a city's own database, not a demo's: nothing was touched. Give the demo another folder: "
            f"--data DIR\n{data} berisi basis data milik kota, bukan demo: tidak ada yang diubah. Pakai folder lain: "
            "--data DIR"
        )
    if fresh and not own:
        raise StepFailed(
            "--fresh deletes only a demo's own SQLite file. DATABASE_URL names another database: empty it yourself.\n"
            "--fresh hanya menghapus berkas SQLite milik demo. Kosongkan sendiri basis data pada DATABASE_URL."
        )
    if own and database.exists() and (fresh or not read_stamp(mark).get("loaded_into")):
        say("Deleting the demo's database" + ("" if fresh else ", which was not loaded to its end"))
        for file in data.glob(f"{DATABASE_FILE}*"):
            file.unlink()
    if own and not database.exists():
        write_stamp(mark, loaded_into="", prepared="")
    if own and read_stamp(mark).get("prepared") == _prepared_key(database, env=env):
        return
    address = contents_hash([], env["DATABASE_URL"])
    load = [] if read_stamp(mark).get("loaded_into") == address else ["--load"]
    command: Command = [PYTHON, "-m", "tools.prepare_demo", *load]
    code = _wait_for(_spawn(command, env=env))
    if code != 0:
        raise StepFailed(f"The demo could not be prepared (code {code}); the lines above say why.")
    write_stamp(mark, loaded_into=address, prepared=_prepared_key(database, env=env))


def _wait_for(child: "subprocess.Popen[bytes]") -> int:
    try:
        while True:
            try:
                return child.wait(timeout=SIGN_OF_LIFE_SECONDS)
            except subprocess.TimeoutExpired:
                # On a terminal the steps draw bars of their own.
                if not sys.stdout.isatty():
                    say("still at work …")
    except BaseException:
        child.terminate()
        child.wait()
        raise


def _prepared_key(database: Path, *, env: dict[str, str]) -> str:
    """Return what says that migrations, static files and example are those of this code and this database."""
    files = [
        *SOURCE.glob("*/*/migrations/*.py"),
        *(path for path in SOURCE.glob("*/*/static/**/*") if path.is_file()),
        ROOT / "requirements.lock",
    ]
    made = str(database.stat().st_ino) if database.exists() else ""
    return dates_hash(files, env["DATABASE_URL"], made)


def _serve(data: Path, *, env: dict[str, str], port: int) -> int:
    began = time.monotonic()
    say("Starting the web server and the worker …")
    programs = ROOT / ".venv" / "bin"
    web: Command = [programs / "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "1"]
    limits = ["--blocking-threads", "8", "--backpressure", "2048", "--log-level", "error"]
    children = {
        "web server": _spawn([*web, *limits, "balai.config.wsgi:application"], env=env),
        "worker": _spawn([PYTHON, programs / "balai", "worker"], env=env),
    }
    try:
        _wait_until_healthy(children, port=port)
        say(f"Web server and worker: ready in {time.monotonic() - began:.1f} s")
        _announce(env=env, port=port)
        name, code = _wait_for_end(children)
        complain(
            f"The {name} ended with code {code}; the demo ends with it. Its last lines stand above.",
            f"Bagian {name} berhenti dengan kode {code}; demo ikut berhenti. Baris terakhirnya ada di atas.",
        )
        return code if code > 0 else 1
    except EndAsked:
        print(flush=True)
        say("Ending the web server and the worker …")
        return 0
    finally:
        _end(children)


def _spawn(command: Command, *, env: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        # A group of its own: Ctrl-C at the terminal reaches the launcher alone, which ends each in order, and
        # nothing that a program started in turn outlives it.
        start_new_session=True,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs any more when it is called
    )


def _end_with_parent() -> None:
    """Ask Linux to end this process when the launcher is killed without a chance to end it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_healthy(children: "dict[str, subprocess.Popen[bytes]]", *, port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        for name, child in children.items():
            if child.poll() is not None:
                raise StepFailed(f"The {name} did not start (code {child.returncode}); the lines above say why.")
        if _is_healthy(port):
            return
        time.sleep(0.1)
    raise StepFailed(f"The web server did not answer within {SECONDS_TO_START} s.")


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(*, env: dict[str, str], port: int) -> None:
    print(f"\nBalai is ready at http://{HOST}:{port}/   (after {seconds():.1f} s; Ctrl-C ends it)", flush=True)
    sign_ins = subprocess.run(
        [PYTHON, ROOT / ".venv" / "bin" / "balai", "example", "sign-ins"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if sign_ins.returncode == 0:
        print(sign_ins.stdout, flush=True)


def _wait_for_end(children: "dict[str, subprocess.Popen[bytes]]") -> tuple[str, int]:
    while True:
        for name, child in children.items():
            code = child.poll()
            if code is not None:
                return name, code
        time.sleep(0.2)


def _end(children: "dict[str, subprocess.Popen[bytes]]") -> None:
    # From here on a second Ctrl-C must not leave one of them behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + SECONDS_TO_END
    for name, child in children.items():
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            complain(f"The {name} did not end within {SECONDS_TO_END} s: killed.")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    sys.stdout.flush()


def _ask_end(number: int, frame: FrameType | None) -> None:
    raise EndAsked
