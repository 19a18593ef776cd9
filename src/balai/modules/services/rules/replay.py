"""Last year's applications played through steps that are not open yet, to see where they would wait."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from balai.foundation.calendar.rules import Term, WorkCalendar, after_working_time, deadline
from balai.modules.services.rules.workflow import Workflow, WorkStep

Source = Literal["same_step", "same_kind", "own_term", "nothing"]
# below this a share is a guess, and the page says so
ENOUGH = 30
# steps in which the promise rests, or somebody else's time runs
RESTING = frozenset({"pay"})


@dataclass(frozen=True, kw_only=True)
class PastStay:
    """How long an application stayed in a step, in open time of the office; time with the applicant is not in it."""

    step: str
    open_time: timedelta


@dataclass(frozen=True, kw_only=True)
class PastApplication:
    """One application that has ended: when it came, and its stays in order."""

    received_at: datetime
    stays: tuple[PastStay, ...]


@dataclass(frozen=True, kw_only=True)
class ReplayedStep:
    """What a step would be: how many pass, the middle and the ninth of ten stays in hours, its share of the whole time,
    the share that breaks its own term (None: it has none), and where the times come from.
    """

    slug: str
    passed: int
    median_hours: float
    most_hours: float
    share_of_time: float
    late: float | None
    source: Source


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The whole: how many were played, the middle and the ninth of ten in hours, the kept share of the promise."""

    count: int
    median_hours: float
    most_hours: float
    kept: float | None
    steps: tuple[ReplayedStep, ...]

    @property
    def is_enough(self) -> bool:
        """Return whether the shares rest on enough applications."""
        return self.count >= ENOUGH

    @property
    def longest(self) -> ReplayedStep | None:
        """Return the step in which most of the time goes."""
        return max(self.steps, key=lambda step: step.share_of_time, default=None)


@dataclass(frozen=True, kw_only=True)
class Known:
    """Stays from elsewhere for steps that are new: by (kind of step, agency; empty: the service's own)."""

    stays: Mapping[tuple[str, str], tuple[timedelta, ...]]


def replay(
    *,
    past: Sequence[PastApplication],
    workflow: Workflow,
    known: Known,
    promise: Term | None,
    calendar: WorkCalendar,
) -> Replay | None:
    """Return how last year's applications would have gone through ``workflow``; None without any.

    Each goes the way that it went, where the steps still are; at a new fork it takes the first way. A step that was
    there before takes each one the time that it took then, so that steps which nobody changed repeat last year exactly.
    A new step takes the times of steps of its kind at its agency, in turn, so that the same question has the same
    answer; where there are none, its own term; where it has none either, no time, and the page says so. That more work
    at an agency makes everything slower is not in it. Steps in which the applicant pays take no time of ours.
    """
    if not past:
        return None
    stays: dict[str, list[timedelta]] = {step.slug: [] for step in workflow.steps}
    sources = {step.slug: _source(step, past, known) for step in workflow.steps}
    wholes, kept = [], 0
    for number, application in enumerate(past):
        whole = timedelta()
        before = {stay.step: stay.open_time for stay in application.stays}
        for step in _way(workflow, application):
            time = (
                timedelta()
                if step.kind in RESTING
                else _time(step, before, sources[step.slug], known, number, calendar)
            )
            stays[step.slug].append(time)
            whole += time
        wholes.append(whole)
        if promise is not None:
            end = after_working_time(start=application.received_at, amount=whole, calendar=calendar)
            kept += end <= deadline(start=application.received_at, term=promise, calendar=calendar)
    total = sum(wholes, timedelta())
    return Replay(
        count=len(past),
        median_hours=_quantile(wholes, 0.5),
        most_hours=_quantile(wholes, 0.9),
        kept=kept / len(past) if promise is not None else None,
        steps=tuple(
            _summed(step, stays[step.slug], total, sources[step.slug], calendar)
            for step in workflow.steps
            if stays[step.slug]
        ),
    )


def _source(step: WorkStep, past: Iterable[PastApplication], known: Known) -> Source:
    if any(stay.step == step.slug for application in past for stay in application.stays):
        return "same_step"
    if known.stays.get((step.kind, step.unit)):
        return "same_kind"
    return "own_term" if step.term is not None else "nothing"


def _way(workflow: Workflow, application: PastApplication) -> list[WorkStep]:
    """Return the steps that an application goes through, the first to the last; a loop is gone through once."""
    went = [stay.step for stay in application.stays]
    here, way = workflow.steps[0], []
    seen: set[str] = set()
    while here.slug not in seen:
        seen.add(here.slug)
        way.append(here)
        following = [slug for slug in here.next if slug not in seen]
        if not following:
            break
        here = workflow.step(next((slug for slug in went if slug in following), following[0]))
    return way


def _time(  # noqa: PLR0917 - what is known of one step of one application
    step: WorkStep,
    before: Mapping[str, timedelta],
    source: Source,
    known: Known,
    number: int,
    calendar: WorkCalendar,
) -> timedelta:
    if step.slug in before:
        return before[step.slug]
    if source in ("same_step", "same_kind"):
        # others went through it and this one did not, or it is new: the times of its kind in turn
        times = known.stays.get((step.kind, step.unit)) or ()
        return times[number % len(times)] if times else timedelta()
    return open_time_of(step.term, calendar) if source == "own_term" and step.term is not None else timedelta()


def open_time_of(term: Term, calendar: WorkCalendar) -> timedelta:
    """Return a term as open time of an office; a day is the mean day of its week."""
    if term.unit in ("minutes", "working_hours", "clock_hours"):
        return timedelta(hours=term.amount) if term.unit != "minutes" else timedelta(minutes=term.amount)
    days = [sum(last - first for first, last in day) for day in calendar.week if day]
    mean = timedelta(minutes=sum(days) / len(days))
    return mean * term.amount * (1 if term.unit == "working_days" else len(days) / 7)


def _summed(
    step: WorkStep, times: Sequence[timedelta], total: timedelta, source: Source, calendar: WorkCalendar
) -> ReplayedStep:
    late = None
    if step.term is not None:
        allowed = open_time_of(step.term, calendar)
        late = sum(time > allowed for time in times) / len(times)
    return ReplayedStep(
        slug=step.slug,
        passed=len(times),
        median_hours=_quantile(times, 0.5),
        most_hours=_quantile(times, 0.9),
        share_of_time=sum(times, timedelta()) / total if total else 0.0,
        late=late,
        source=source,
    )


def _quantile(times: Sequence[timedelta], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))].total_seconds() / 3600
