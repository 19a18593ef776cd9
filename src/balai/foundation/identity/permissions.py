"""Names of what may be done."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A permission that a room declares; roles hold names."""

    name: str
    label: Any
