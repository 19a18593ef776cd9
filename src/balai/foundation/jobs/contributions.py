"""What rooms give to the worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """``call()`` runs every ``every``, once for all workers together, never beside its own last run.

    It must be repeatable: a run whose worker was killed is run again. Ticks that nobody was there to run are not made
    up for. ``every`` below five minutes: a failed run is not retried, the next tick does the work.
    """

    name: str
    every: timedelta
    call: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Drain:
    """A queue-like table with claims of its own: ``call(at=…)`` does a batch and returns how many.

    The worker calls it every round until it returns 0. It must stand several workers calling at once.
    """

    name: str
    call: Callable[..., int]
