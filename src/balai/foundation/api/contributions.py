"""What rooms give to this one: routes under /api/, protocols of their own, and the rights a key may carry."""

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


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A published standard that a room speaks at an address of its own; the page /api/ lists it.

    ``address`` is the path where a program begins, such as ``/open311/discovery.json``; ``label`` is the standard's
    name, ``text`` a lazy translation of one sentence on what it is for.
    """

    label: str
    address: str
    text: Any
