"""What last year's applications teach about steps that are not open yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from balai.engines.cases.events import stream_of
from balai.engines.cases.models import Case
from balai.engines.catalogs.models import RecordVersion
from balai.engines.catalogs.rules import term_of
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import WorkCalendar, working_time
from balai.foundation.events.models import Event
from balai.modules.services.models import Service
from balai.modules.services.rules.kinds import kind_slug
from balai.modules.services.rules.objections import CONTESTED
from balai.modules.services.rules.replay import Known, PastApplication, PastStay, Replay, replay
from balai.modules.services.rules.workflow import workflow_from_json

YEAR = timedelta(days=365)
# the newest ones; more teach nothing more
MOST = 2000
# below what one statement of SQLite may name
PIECE = 500
ENDED = ("done", "refused")


def replay_draft(*, service: Service, at: datetime) -> Replay | None:
    """Play the applications of the last year through the steps as they are written now; None without any."""
    calendar = work_calendar(schedule_id=service.unit.schedule_id)
    workflow = workflow_from_json(service.workflow)
    past = past_applications(service=service, at=at, calendar=calendar)
    versions = {step.slug: (step.kind, step.unit) for step in workflow.steps}
    stays: dict[tuple[str, str], list[timedelta]] = defaultdict(list)
    for application in past:
        for stay in application.stays:
            if stay.step in versions:
                stays[versions[stay.step]].append(stay.open_time)
    for step in workflow.steps:
        key = (step.kind, step.unit)
        if key not in stays:
            stays[key] += _elsewhere(service, key, at, calendar)
    # the newest words of the standard, decreed or not: what would be promised
    standard = RecordVersion.objects.filter(record_id=service.record_id).order_by("-number").first()
    return replay(
        past=past,
        workflow=workflow,
        known=Known(stays={key: tuple(times) for key, times in stays.items()}),
        promise=term_of(standard.content.get("time")) if standard is not None else None,
        calendar=calendar,
    )


def past_applications(*, service: Service, at: datetime, calendar: WorkCalendar) -> list[PastApplication]:
    """Return the applications of a service that ended within a year, oldest first, with their stays."""
    cases = list(
        Case.objects.filter(
            kind=kind_slug(service.slug), state_class__in=ENDED, received_at__gt=at - YEAR, parent__isnull=True
        )
        .order_by("-received_at")
        .only("reference", "received_at")[:MOST]
    )[::-1]
    events = _events([stream_of(case.reference) for case in cases])
    first = workflow_from_json(service.live.workflow).steps[0].slug if service.live is not None else ""
    return [
        PastApplication(
            received_at=case.received_at,
            stays=tuple(_stays(first, case.received_at, events[stream_of(case.reference)], calendar)),
        )
        for case in cases
    ]


def _stays(first: str, received_at: datetime, events: Iterable[Event], calendar: WorkCalendar) -> Iterable[PastStay]:
    """Return the stays of one application; a step that it came back to counts as one stay."""
    times: dict[str, timedelta] = {}
    state, since = first, received_at
    for event in events:
        following = event.data.get("state_to")
        if not following or following == state:
            continue
        if state != "returned" and state not in CONTESTED:
            times[state] = times.get(state, timedelta()) + working_time(since=since, until=event.at, calendar=calendar)
        state, since = following, event.at
    return [PastStay(step=step, open_time=time) for step, time in times.items()]


def _events(streams: Sequence[str]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for start in range(0, len(streams), PIECE):
        rows = Event.objects.filter(stream__in=streams[start : start + PIECE]).order_by("stream", "seq")
        for event in rows.only("stream", "at", "data"):
            found[event.stream].append(event)
    return found


def _elsewhere(service: Service, key: tuple[str, str], at: datetime, calendar: WorkCalendar) -> list[timedelta]:
    """Return the stays of steps of a kind in other services of the agency that would make it."""
    kind, unit = key
    others = Service.objects.filter(live__isnull=False).exclude(pk=service.pk).select_related("live", "unit")
    others = others.filter(unit__slug=unit) if unit else others.filter(unit_id=service.unit_id)
    found: list[timedelta] = []
    for other in others:
        steps = workflow_from_json(other.live.workflow).steps if other.live is not None else ()
        slugs = {step.slug for step in steps if step.kind == kind and not step.unit}
        if slugs:
            for application in past_applications(service=other, at=at, calendar=calendar):
                found += [stay.open_time for stay in application.stays if stay.step in slugs]
    return found
