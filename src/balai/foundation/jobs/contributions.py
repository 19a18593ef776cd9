"""What rooms give to the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """``call()`` runs every ``every``, once for all workers together; it must be repeatable."""

    name: str
    every: timedelta
    call: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Drain:
    """A queue-like table with claims of its own: ``call(at=…)`` does a batch and returns how many."""

    name: str
    call: Callable[..., int]
