"""Which hall this installation keeps for the city, if it is the computer in a building."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Keeping:
    """What a building's computer knows of the city's server. ``ticket_key`` reads the codes of tickets."""

    hall: str
    address: str
    key: str
    ticket_key: str


def keeper_hash(key: str) -> str:
    """Return the hash under which a building's key is kept; the key is random, so a plain hash cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def _path() -> Path:
    return Path(settings.DATA_DIR) / "queue-keeping.json"


@lru_cache(maxsize=1)
def _read(path: Path) -> Keeping | None:
    try:
        return Keeping(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None


def keeping() -> Keeping | None:
    """Return what this installation keeps; None for the city's server. Read once a process."""
    return _read(_path())


def remember(kept: Keeping) -> None:
    """Write it down, readable by the owner only, whole or not at all."""
    fresh = _path().with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(kept), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(_path())
    _read.cache_clear()
