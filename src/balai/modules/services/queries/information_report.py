"""Requests for public information of one year, from the record of what happened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import QuerySet

from balai.engines.cases.events import stream_of
from balai.engines.cases.models import Case
from balai.foundation.events.models import Event
from balai.foundation.places.queries import current_city
from balai.modules.services.rules.information_report import SERVICE, Report, Request, Step, yearly_report
from balai.modules.services.rules.kinds import kind_slug

# below what one statement of SQLite may name
PIECE = 500
KEPT_FOR = timedelta(minutes=10)


def reported_years(*, until: int) -> list[int]:
    """Return the years in which requests came in, newest first; the year ``until`` always."""
    zone = ZoneInfo(current_city().time_zone)
    first = _requests().order_by("received_at").values_list("received_at", flat=True).first()
    return list(range(until, (first.astimezone(zone).year if first else until) - 1, -1))


def kept_report(*, year: int, at: datetime) -> tuple[Report, datetime]:
    """Return the report of a year and when it was counted: at most ten minutes before ``at``.

    Counting reads all that happened to a year's requests. Only figures are kept, so that one serves every language.
    """
    key = f"services:information-report:{year}"
    kept: tuple[Report, datetime] | None = cache.get(key)
    if kept is None:
        kept = information_report(year=year), at
        cache.set(key, kept, timeout=KEPT_FOR.total_seconds())
    return kept


def information_report(*, year: int) -> Report:
    """Return the report on the requests received in a calendar year of the city."""
    zone = ZoneInfo(current_city().time_zone)
    cases = list(
        _requests()
        .filter(
            received_at__gte=datetime(year, 1, 1, tzinfo=zone),
            received_at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
        )
        .order_by("id")
    )
    steps: dict[str, list[Step]] = defaultdict(list)
    received = {stream_of(case.reference): case.received_at.astimezone(zone).date() for case in cases}
    for event in _events(list(received)):
        data = event.data
        steps[event.stream].append(
            Step(
                change=data.get("change") or "",
                state_to=data.get("state_to") or "",
                reason=data.get("reason") or "",
                days=max(0, (event.at.astimezone(zone).date() - received[event.stream]).days),
            )
        )
    return yearly_report(
        Request(state=case.state, on_time=case.on_time, steps=tuple(steps[stream_of(case.reference)])) for case in cases
    )


def _requests() -> QuerySet[Case]:
    return Case.objects.filter(kind=kind_slug(SERVICE), merged_into__isnull=True)


def _events(streams: Sequence[str]) -> list[Event]:
    found: list[Event] = []
    for start in range(0, len(streams), PIECE):
        found += Event.objects.filter(stream__in=streams[start : start + PIECE]).order_by("stream", "seq")
    return found
