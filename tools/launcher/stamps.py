"""What set-up remembers, so that a second run skips everything."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def read_stamp(path: Path) -> dict[str, Any]:
    """Return what was remembered; empty when there is nothing, or something unreadable."""
    try:
        remembered = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return remembered if isinstance(remembered, dict) else {}


def write_stamp(path: Path, **remembered: Any) -> None:
    """Add to what is remembered, in one step: whoever is killed halfway leaves the old stamp."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps({**read_stamp(path), **remembered}, indent=1, sort_keys=True), "utf-8")
    draft.replace(path)


def contents_hash(paths: Iterable[Path], *extra: str) -> str:
    """Return a hash of what the files say, and of further words."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if path.exists() else b"missing")
        digest.update(b"\0")
    digest.update("\0".join(extra).encode())
    return digest.hexdigest()


def dates_hash(paths: Iterable[Path], *extra: str) -> str:
    """Return a hash of names, sizes and dates of the files: quick, for many files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    digest.update("\0".join(extra).encode())
    return digest.hexdigest()
