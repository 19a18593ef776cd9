"""Numbers that the frame shows beside the complaints desk."""

from django.http import HttpRequest

from balai.engines.cases.queries.desk import capped_counts, in_group
from balai.engines.cases.queries.visible import visible_to
from balai.foundation.calendar import clock
from balai.foundation.places.queries import current_city


def late_count(*, request: HttpRequest) -> int:
    """Return how many matters that this officer sees are late; one statement, no further than the ceiling."""
    late = in_group(
        rows=visible_to(authority=request.authority),  # type: ignore[attr-defined]
        group="late",
        user_id=request.user.pk or 0,
        at=clock.now(),
        time_zone=current_city().time_zone,
    )
    return capped_counts({"late": late})["late"].value
