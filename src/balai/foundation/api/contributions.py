"""What rooms give to this one: routes under /api/, and the rights a key may carry."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ApiRoutes:
    """A Ninja router (dotted name ``package.module.router``) mounted under ``/api/<prefix>``."""

    prefix: str
    router: str


@dataclass(frozen=True, kw_only=True)
class ApiScope:
    """A right that a key may carry. ``label`` is a lazy translation that says what the program may then do."""

    name: str
    label: Any
