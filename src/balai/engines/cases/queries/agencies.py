"""The agencies by name, kept in the process for a few seconds: every page of a matter names them."""

import time

from balai.foundation.units.models import Unit

FRESH_FOR = 3.0  # seconds
_kept: tuple[float, list[Unit]] | None = None


def agencies() -> list[Unit]:
    """Return all agencies by name, at most ``FRESH_FOR`` seconds old; those that no longer work are among them."""
    global _kept  # noqa: PLW0603 - one small memory per process
    if _kept is not None and time.monotonic() - _kept[0] < FRESH_FOR:
        return _kept[1]
    _kept = (time.monotonic(), list(Unit.objects.order_by("name")))
    return _kept[1]


def forget_agencies() -> None:
    """Drop what is kept; between tests, where agencies vanish."""
    global _kept  # noqa: PLW0603
    _kept = None
