"""Numbers that the frame shows beside the complaints desk."""

import time

from django.http import HttpRequest

from balai.engines.cases.web import counts_of
from balai.foundation.calendar import clock

FRESH_FOR = 10.0  # seconds
MOST_KEPT = 1_000
_kept: dict[int, tuple[float, int]] = {}


def late_count(*, request: HttpRequest) -> int:
    """Return how many matters that this officer sees are late, no further than the ceiling.

    Beside other pages it may be ten seconds old; the inbox counts anew and the rail shows its number.
    """
    user = request.user.pk or 0
    known = _kept.get(user)
    if known is not None and time.monotonic() - known[0] < FRESH_FOR and not hasattr(request, "desk_counts"):
        return known[1]
    late = counts_of(request, at=clock.now())["late"].value
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[user] = (time.monotonic(), late)
    return late


def forget_late() -> None:
    """Drop what this process keeps; between tests."""
    _kept.clear()
