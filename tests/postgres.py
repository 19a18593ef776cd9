"""Start a PostgreSQL of one's own from the installed programs, for tests and measurements; it leaves nothing behind."""

import getpass
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

APT_LINE = "apt-get install -y postgresql"
# The address of a socket may have 107 characters, so the folder must be short whatever TMPDIR says.
SHORT_FOLDER = "/tmp"
Command = list[str | Path]
# The number after it is the process that started the server.
FOLDER_PREFIX = "balai-pg-"
DATABASE = "balai"
# Speed over safety: a test database is thrown away after a crash. Without autovacuum, because an ANALYZE that falls into
# the middle of a test sees none of its uncommitted rows, and then plans joins of thousands as if there were one. And who
# waits half a minute for a lock waits for ever: a test should say so instead.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "lock_timeout=30s")
SETTINGS = ("shared_buffers=128MB", "max_connections=100", "listen_addresses=''", "logging_collector=off")


class NoPostgres(Exception):
    """PostgreSQL's programs are not installed, or would not start; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class PrivatePostgres:
    """A running server: ``url`` names an empty database, ``stop`` ends the server and removes its files."""

    url: str
    folder: Path
    _programs: Path = field(repr=False)
    _prefix: tuple[str, ...] = field(repr=False)

    @property
    def pid(self) -> int:
        """The server's process, parent of all its others."""
        return int((self.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])

    def stop(self) -> None:
        """End the server at once and remove its files; again does nothing."""
        if not self.folder.exists():
            return
        stop: Command = [self._programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop"]
        subprocess.run([*self._prefix, *stop], cwd="/", capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def find_programs() -> Path | None:
    """Return the folder with the newest installed ``initdb`` and ``pg_ctl``, or ``None``."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        installed.append(Path(on_path).resolve().parent)
    complete = [folder for folder in installed if (folder / "pg_ctl").exists()]
    return max(complete, key=_version, default=None)


@contextmanager
def private_postgres(*, durable: bool) -> Iterator[PrivatePostgres]:
    """Run a server for the length of a block; see :func:`start_private_postgres`."""
    server = start_private_postgres(durable=durable)
    try:
        yield server
    finally:
        server.stop()


def start_private_postgres(*, durable: bool) -> PrivatePostgres:
    """Start a server that only this machine's socket reaches, and return it with its address.

    ``durable`` writes every commit to disk as in production (measurements); without it commits are quick (tests).

    :raises NoPostgres: if the programs are missing or the server does not start.
    """
    programs = find_programs()
    if programs is None:
        raise NoPostgres(f"PostgreSQL's server programs are not installed: {APT_LINE}")
    user = _server_user()
    prefix = _run_as(user)
    _sweep(programs, prefix)
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=SHORT_FOLDER))
    server = PrivatePostgres(
        url=f"postgresql://{quote(user)}@/{DATABASE}?host={quote(str(folder), safe='')}",
        folder=folder,
        _programs=programs,
        _prefix=prefix,
    )
    if prefix:
        shutil.chown(folder, user)
    try:
        data = folder / "data"
        make: Command = ["-D", data, "-U", user, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run([*prefix, programs / "initdb", *make])
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, *(() if durable else CARELESS)))
        start: Command = ["-D", data, "-l", folder / "log", "-w", "-t", "60", "-o", f"{options} -k {folder}", "start"]
        _run([*prefix, programs / "pg_ctl", *start], log=folder / "log")
        _run([*prefix, programs / "createdb", "-h", folder, "-U", user, DATABASE])
    except BaseException:
        server.stop()
        raise
    return server


def _sweep(programs: Path, prefix: tuple[str, ...]) -> None:
    """End servers whose starter was killed before it could end them."""
    for folder in Path(SHORT_FOLDER).glob(f"{FOLDER_PREFIX}*-*"):
        starter = folder.name.removeprefix(FOLDER_PREFIX).split("-")[0]
        if starter.isdigit() and not Path("/proc", starter).exists() and os.access(folder, os.W_OK):
            PrivatePostgres(url="", folder=folder, _programs=programs, _prefix=prefix).stop()


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))


def _server_user() -> str:
    """Return who runs the server: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.")


def _run_as(user: str) -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    if setpriv is None:
        return ("su", "-s", "/bin/sh", user, "-c", 'exec "$0" "$@"', "--")
    person = pwd.getpwnam(user)
    return (setpriv, f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups")


def _run(command: Sequence[str | Path], *, log: Path | None = None) -> None:
    # The server inherits the output of pg_ctl: a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output.seek(0)
        said = output.read()
    if done.returncode != 0:
        said += log.read_text("utf-8", errors="replace") if log and log.exists() else ""
        raise NoPostgres(f"A PostgreSQL for this run did not start ({command[-1]}):\n{said.strip()}")
