"""The number that the frame shows beside a desk."""

import time

from django.http import HttpRequest

from balai.engines.cases.web.inbox import counts_of
from balai.foundation.calendar import clock

FRESH_FOR = 10.0  # seconds
MOST_KEPT = 1_000
_kept: dict[tuple[int, str], tuple[float, int]] = {}


def late_count(request: HttpRequest, *, family: str) -> int:
    """Return how many matters of a family that this officer sees are late, no further than the ceiling.

    Beside other pages it may be ten seconds old; the inbox counts anew and the rail shows its number.
    """
    place = (request.user.pk or 0, family)
    known = _kept.get(place)
    is_fresh = known is not None and time.monotonic() - known[0] < FRESH_FOR
    if known is not None and is_fresh and family not in getattr(request, "desk_counts", {}):
        return known[1]
    late = counts_of(request, family=family, at=clock.now())["late"].value
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[place] = (time.monotonic(), late)
    return late


def forget_late() -> None:
    """Drop what this process keeps; between tests."""
    _kept.clear()
