"""The number that the frame shows beside a desk."""

from django.http import HttpRequest

from balai.engines.cases.web.inbox import counts_of
from balai.foundation.calendar import clock
from balai.foundation.memory.kept import Kept

FRESH_FOR = 10.0  # seconds
_late: Kept[tuple[int, str], int] = Kept(fresh_for=FRESH_FOR, most=1_000)


def late_count(request: HttpRequest, *, family: str) -> int:
    """Return how many matters of a family that this officer sees are late, no further than the ceiling.

    Beside other pages it may be ten seconds old; the inbox counts anew and the rail shows its number.
    """
    is_inbox = family in getattr(request, "desk_counts", {})
    keep = _late.anew if is_inbox else _late.get
    return keep((request.user.pk or 0, family), lambda: counts_of(request, family=family, at=clock.now())["late"].value)
