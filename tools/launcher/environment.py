"""Make `.venv` with everything the lock files name, by uv where it works, else by pip."""

import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.launcher import browser_files, catalogues
from tools.launcher.places import PYTHON, ROOT, VENV
from tools.launcher.say import Command, StepFailed, complain, run_step, say
from tools.launcher.stamps import contents_hash, read_stamp, write_stamp

STAMP = VENV / "balai-setup.json"
LOCK = ROOT / "requirements.lock"
DEVELOPERS_LOCK = ROOT / "requirements-dev.lock"
PROJECT = ROOT / "pyproject.toml"


def set_up(*, developer: bool, browser: bool) -> None:
    """Install what a word needs; nothing when it is all there (a few milliseconds).

    ``developer`` adds the tools of tests and checks, ``browser`` the files of others that pages load.

    :raises StepFailed: when Python packages cannot be installed. Missing browser files only make pages plainer.
    """
    with _one_at_a_time():
        _set_up_packages(developer=developer, browser=browser)
        catalogues.compile_newer()


def _set_up_packages(*, developer: bool, browser: bool) -> None:
    lock = DEVELOPERS_LOCK if developer else LOCK
    fetch: threading.Thread | None = None
    if browser and browser_files.packages_needed(developer=developer) and browser_files.machine_npm():
        # npm and the Python packages wait for different servers: fetch both at once.
        fetch = threading.Thread(target=browser_files.fetch_with_machine_npm, kwargs={"developer": developer})
        fetch.start()
    try:
        if not PYTHON.exists() or read_stamp(STAMP).get(lock.name) != _key(lock):
            _make_venv()
            _install(lock)
            # The developers' lock holds everything the other one does, in the same versions.
            write_stamp(STAMP, **{installed.name: _key(installed) for installed in {lock, LOCK}})
    finally:
        if fetch:
            fetch.join()
    if browser:
        browser_files.complete(developer=developer)


def _key(lock: Path) -> str:
    return contents_hash([lock, PROJECT], str(ROOT), str(PYTHON.resolve()))


def _make_venv() -> None:
    if _is_usable():
        return
    if VENV.exists():
        say("The environment .venv does not work here: making it anew")
        shutil.rmtree(VENV)
    maker = _python_with_venv()
    try:
        run_step("Making the environment .venv", [maker, "-m", "venv", VENV], cwd=ROOT)
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def _is_usable() -> bool:
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print(sys.version_info >= (3, 11), sys.prefix)"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False, cwd=ROOT)
    return answer.stdout.strip() == f"True {VENV}"


def _python_with_venv() -> str:
    if importlib.util.find_spec("ensurepip"):
        return sys.executable
    for name in ("python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            python = shutil.which(name, path=folder)
            if python and _can_make_venv(python):
                return python
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    package = f"python{version}-venv" if not sys.executable.endswith("/python3") else "python3-venv"
    raise StepFailed(
        f"This Python cannot make environments: its package {package} is missing. Install it, then run the same "
        f"command again:\n    apt-get install -y {package}\n"
        f"Python ini belum dapat membuat lingkungan: paket {package} belum terpasang. Pasang, lalu jalankan lagi "
        f"perintah yang sama:\n    apt-get install -y {package}"
    )


def _can_make_venv(python: str) -> bool:
    question = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0


def _install(lock: Path) -> None:
    env = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NO_PROGRESS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    env["VIRTUAL_ENV"] = str(VENV)
    uv = VENV / "bin" / "uv"
    names = f"packages of {lock.name}"
    try:
        if not uv.exists():
            _install_uv(lock, env=env)
        uv_install: Command = [uv, "pip", "install", "--python", PYTHON]
        run_step(f"Installing {names}", [*uv_install, "--require-hashes", "-r", lock], env=env, cwd=ROOT)
        editable: Command = [*uv_install, "--no-deps", "--no-build-isolation", "-e", ROOT]
        run_step("Installing Balai itself", editable, env=env, cwd=ROOT)
    except StepFailed as failure:
        complain(str(failure), "Now the same with pip, which obeys this machine's own settings.")
        pip_install: Command = [PYTHON, "-m", "pip", "install"]
        run_step(f"Installing {names} with pip", [*pip_install, "--require-hashes", "-r", lock], env=env, cwd=ROOT)
        editable = [*pip_install, "--no-deps", "--no-build-isolation", "-e", ROOT]
        run_step("Installing Balai itself with pip", editable, env=env, cwd=ROOT)


def _install_uv(lock: Path, *, env: dict[str, str]) -> None:
    """Install the uv that the lock names, checked by the lock's hashes like everything else."""
    block = re.search(r"^uv==.*(?:\n[ \t]+.*)*", lock.read_text("utf-8"), re.MULTILINE)
    if not block:
        raise StepFailed(f"{lock.name} names no uv.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(block.group(0) + "\n")
        file.flush()
        pip: Command = [PYTHON, "-m", "pip", "install", "--require-hashes", "-r", file.name]
        run_step("Installing uv, the quick installer", pip, env=env, cwd=ROOT)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second launcher in the same checkout wait until the first has set up."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another ./balai is setting up here: waiting for it …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
