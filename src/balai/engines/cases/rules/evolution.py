"""How a matter evolves: one function makes every change, for the desk, the reporter, the clock and imports alike."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil

from balai.engines.cases.rules.kinds import (
    BACK,
    END_CLASSES,
    SAME,
    UNANSWERED,
    CaseKind,
    Change,
    ClockPlan,
    Rung,
)
from balai.foundation.calendar.rules import (
    Term,
    WorkCalendar,
    deadline,
    extend_due,
    moment_at_share,
    resume_due,
)

MAX_RATING = 5


class ChangeRefused(Exception):
    """A change that the kind does not allow here. ``code`` is stable; the page words it."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(f"{code} {details}" if details else code)
        self.code = code
        self.details = details


@dataclass(frozen=True, kw_only=True)
class ClockState:
    """A running or stopped clock. ``next_step`` counts rungs already climbed."""

    name: str
    term: Term
    started_at: datetime
    due_at: datetime
    original_due_at: datetime
    id: int | None = None
    paused_at: datetime | None = None
    paused_seconds: int = 0
    extensions: int = 0
    stopped_at: datetime | None = None
    met: bool | None = None
    next_step: int = 0
    next_step_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What the law sees of a case: its state, owner, dates and clocks."""

    state: str
    state_class: str
    unit_id: int
    received_at: datetime
    updated_at: datetime
    assignee_id: int | None = None
    resume_state: str = ""
    first_answered_at: datetime | None = None
    closed_at: datetime | None = None
    promised_at: datetime | None = None
    due_at: datetime | None = None
    on_time: bool | None = None
    answered_in_time: bool | None = None
    confirmed: bool | None = None
    rating: int | None = None
    reopened_count: int = 0
    escalation_level: int = 0
    merged_into_id: int | None = None
    clocks: tuple[ClockState, ...] = ()

    @property
    def is_open(self) -> bool:
        """Return whether the matter has not ended."""
        return self.state_class not in END_CLASSES


@dataclass(frozen=True, kw_only=True)
class Given:
    """What comes with a change: words, reasons, a new unit."""

    text: str = ""
    reason: str = ""
    basis: str = ""
    unit_id: int | None = None
    assignee_id: int | None = None
    target_id: int | None = None
    rating: int | None = None
    proofs: int = 0
    # parts of the matter that have not ended
    open_parts: int = 0
    # what the family of the kind still wants done in the present state
    open_tasks: int = 0


def _missing(matter: Matter, kind: CaseKind, change: Change, given: Given) -> list[str]:
    # promised anew, it is late only once the new promise is broken, whatever became of the one before
    main = [clock for clock in matter.clocks if clock.name == kind.main_clock]
    present = {
        "text": bool(given.text.strip()),
        "proof": given.proofs > 0,
        "reason": bool(given.reason.strip()),
        "basis": bool(given.basis.strip()),
        "unit": given.unit_id is not None,
        "target": given.target_id is not None,
        "rating": given.rating is not None,
        "assignee": given.assignee_id is not None,
        "parts": given.open_parts == 0,
        "tasks": given.open_tasks == 0,
        "late": bool(main) and main[-1].met is False,
        "running": any(clock.name in change.stops and clock.stopped_at is None for clock in matter.clocks),
        "unanswered": not any(
            clock.name in change.starts and clock.stopped_at is not None and clock.started_at > main[-1].started_at
            for clock in matter.clocks
            if main
        ),
    }
    return [need for need in change.needs if not present[need]]


def rung_moment(*, rung: Rung, clock: ClockState, calendar: WorkCalendar) -> datetime:
    """Return when a rung is due; beyond the due moment its share of the term is added in the term's own unit."""
    if rung.share < 1:
        # time that rested is no part of what has passed: nobody is reminded because the applicant took a week
        start = clock.started_at + timedelta(seconds=clock.paused_seconds)
        return moment_at_share(
            start=min(start, clock.due_at), due=clock.due_at, share=rung.share, term=clock.term, calendar=calendar
        )
    if rung.share == 1:
        return clock.due_at
    over = replace(clock.term, amount=ceil(clock.term.amount * (rung.share - 1)))
    return extend_due(due=clock.due_at, term=over, calendar=calendar)


def _with_next_step(clock: ClockState, plan: ClockPlan, calendar: WorkCalendar) -> ClockState:
    if clock.stopped_at or clock.paused_at or clock.next_step >= len(plan.ladder):
        return replace(clock, next_step_at=None)
    rung = plan.ladder[clock.next_step]
    return replace(clock, next_step_at=rung_moment(rung=rung, clock=clock, calendar=calendar))


def start_clock(*, plan: ClockPlan, at: datetime, calendar: WorkCalendar) -> ClockState:
    """Return a fresh clock of ``plan`` that starts at ``at``."""
    due = deadline(start=at, term=plan.term, calendar=calendar)
    clock = ClockState(name=plan.name, term=plan.term, started_at=at, due_at=due, original_due_at=due)
    return _with_next_step(clock, plan, calendar)


def _stop(clock: ClockState, at: datetime) -> ClockState:
    met = clock.met if clock.met is False else (clock.paused_at or at) <= clock.due_at
    return replace(clock, stopped_at=at, met=met, paused_at=None, next_step_at=None)


def _pause(clock: ClockState, at: datetime) -> ClockState:
    # a promise that is already broken cannot be paused away
    return clock if at > clock.due_at else replace(clock, paused_at=at, next_step_at=None)


def _resume(clock: ClockState, plan: ClockPlan, at: datetime, calendar: WorkCalendar) -> ClockState:
    if clock.paused_at is None:
        return clock
    due = resume_due(due=clock.due_at, paused_at=clock.paused_at, resumed_at=at, term=clock.term, calendar=calendar)
    seconds = clock.paused_seconds + int((at - clock.paused_at).total_seconds())
    return _with_next_step(replace(clock, due_at=due, paused_at=None, paused_seconds=seconds), plan, calendar)


def receive(
    *, kind: CaseKind, unit_id: int, is_central_desk: bool, received_at: datetime, calendar: WorkCalendar
) -> Matter:
    """Return a new matter with its clocks running from receipt."""
    slug = kind.initial if is_central_desk else kind.routed
    clocks = tuple(
        start_clock(plan=plan, at=received_at, calendar=calendar) for plan in kind.clocks if plan.starts_at_receipt
    )
    matter = Matter(
        state=slug,
        state_class=kind.state(slug).state_class,
        unit_id=unit_id,
        received_at=received_at,
        updated_at=received_at,
        clocks=clocks,
    )
    return _with_projections(matter, kind)


def _with_projections(matter: Matter, kind: CaseKind) -> Matter:
    promises = {plan.name for plan in kind.clocks if plan.promise}
    # a promise that rests is not due: whoever waits for the reporter is not late
    running = [
        clock.due_at
        for clock in matter.clocks
        if clock.stopped_at is None and clock.paused_at is None and clock.name in promises
    ]
    main = [clock for clock in matter.clocks if clock.name == kind.main_clock]
    return replace(
        matter,
        due_at=min(running) if running and matter.is_open else None,
        promised_at=main[-1].due_at if main else matter.promised_at,
        # reopened once, promised twice: every promise must have been kept. What its reporter took back, or what went
        # on under another number, was promised to nobody any more.
        on_time=None if matter.state_class in UNANSWERED and _kept(main) else _kept(main),
        answered_in_time=_kept([clock for clock in matter.clocks if clock.name == kind.answer_clock]),
    )


def reopen_until(*, kind: CaseKind, closed_at: datetime, calendar: WorkCalendar) -> datetime:
    """Return the last moment at which the reporter may open an ended matter again."""
    if kind.reopen_unit == "calendar_days":
        return closed_at + timedelta(days=kind.reopen_days)
    term = Term(amount=kind.reopen_days, unit="working_days")
    last = deadline(start=closed_at, term=term, calendar=calendar).astimezone(calendar.zone)
    return last.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)


def _kept(clocks: list[ClockState]) -> bool | None:
    """Return whether every promise was kept; None while nothing is decided. A breach decides at once."""
    if any(clock.met is False for clock in clocks):
        return False
    return True if clocks and clocks[-1].stopped_at else None


def check_change(
    *, matter: Matter, kind: CaseKind, change: Change, given: Given, at: datetime, calendar: WorkCalendar
) -> None:
    """Prove that ``change`` may be made now.

    :raises ChangeRefused: ``not_from_here``, ``missing`` (details: needs), ``window_over``,
        ``bad_rating``, ``same_unit``, ``no_extension_left``.
    """
    if matter.state not in change.sources:
        raise ChangeRefused("not_from_here", state=matter.state, change=change.name)
    missing = _missing(matter, kind, change, given)
    if missing:
        raise ChangeRefused("missing", needs=missing)
    if given.rating is not None and not 1 <= given.rating <= MAX_RATING:
        raise ChangeRefused("bad_rating", rating=given.rating)
    if "unit" in change.needs and given.unit_id == matter.unit_id and change.target != SAME:
        raise ChangeRefused("same_unit")
    if change.restarts and matter.closed_at:
        until = reopen_until(kind=kind, closed_at=matter.closed_at, calendar=calendar)
        if at > until:
            raise ChangeRefused("window_over", until=until)


def _moved_clock(
    clock: ClockState, *, kind: CaseKind, change: Change, target_class: str, at: datetime, calendar: WorkCalendar
) -> ClockState:
    if clock.stopped_at is not None:
        return clock
    plan = kind.clock(clock.name)
    if clock.name in change.stops or target_class in END_CLASSES:
        return _stop(clock, at)
    if target_class in plan.pauses_in and clock.paused_at is None:
        return _pause(clock, at)
    if target_class not in plan.pauses_in and clock.paused_at is not None:
        return _resume(clock, plan, at, calendar)
    return clock


def _extended(clocks: tuple[ClockState, ...], *, kind: CaseKind, calendar: WorkCalendar) -> tuple[ClockState, ...]:
    if not kind.has_clock(kind.main_clock):
        raise ChangeRefused("no_extension_left", allowed=0)
    plan = kind.clock(kind.main_clock)
    moved: list[ClockState] = []
    for clock in clocks:
        if clock.name == plan.name and clock.stopped_at is None:
            if plan.extension is None or clock.extensions >= plan.max_extensions:
                raise ChangeRefused("no_extension_left", allowed=plan.max_extensions)
            due = extend_due(due=clock.due_at, term=plan.extension, calendar=calendar)
            moved.append(_with_next_step(replace(clock, due_at=due, extensions=clock.extensions + 1), plan, calendar))
        else:
            moved.append(clock)
    return tuple(moved)


def evolve(
    *, matter: Matter, kind: CaseKind, change: Change, given: Given, at: datetime, calendar: WorkCalendar
) -> Matter:
    """Return the matter after ``change``; state, owner, dates and clocks move together.

    :raises ChangeRefused: as :func:`check_change`.
    """
    check_change(matter=matter, kind=kind, change=change, given=given, at=at, calendar=calendar)
    target = {SAME: matter.state, BACK: matter.resume_state or kind.routed}.get(change.target, change.target)
    target_class = kind.state(target).state_class
    clocks = tuple(
        _moved_clock(clock, kind=kind, change=change, target_class=target_class, at=at, calendar=calendar)
        for clock in matter.clocks
    )
    if change.name == "extend":
        clocks = _extended(clocks, kind=kind, calendar=calendar)
    running = {clock.name for clock in clocks if clock.stopped_at is None}
    clocks += tuple(
        start_clock(plan=kind.clock(name), at=at, calendar=calendar)
        for name in (*change.starts, *change.restarts)
        # a matter taken over from elsewhere may run on fewer clocks than its kind knows
        if name not in running and kind.has_clock(name)
    )
    ended = target_class in END_CLASSES
    reopening = bool(change.restarts)
    if target == matter.state:
        confirmed = matter.confirmed
    else:
        confirmed = change.who == "reporter" if target_class == "done" else None
    moved = replace(
        matter,
        state=target,
        state_class=target_class,
        # one interruption on top of another still goes back to the work that the first one interrupted
        resume_state=matter.state
        if kind.is_interruption(target) and not kind.is_interruption(matter.state)
        else matter.resume_state,
        unit_id=given.unit_id if given.unit_id is not None else matter.unit_id,
        assignee_id=_assignee(matter, change, given),
        updated_at=max(at, matter.updated_at),
        first_answered_at=matter.first_answered_at or (at if change.answers else None),
        closed_at=(matter.closed_at if matter.closed_at and not matter.is_open else at) if ended else None,
        confirmed=confirmed,
        rating=given.rating if given.rating is not None else (None if reopening else matter.rating),
        reopened_count=matter.reopened_count + (1 if reopening else 0),
        escalation_level=0 if reopening else matter.escalation_level,
        merged_into_id=(given.target_id or matter.merged_into_id) if target_class == "merged" else None,
        clocks=clocks,
    )
    return _with_projections(moved, kind)


def _assignee(matter: Matter, change: Change, given: Given) -> int | None:
    if given.assignee_id is not None:
        return given.assignee_id
    # another unit's person does not stay responsible
    return None if given.unit_id is not None and given.unit_id != matter.unit_id else matter.assignee_id


@dataclass(frozen=True, kw_only=True)
class Climb:
    """One rung that was reached: who is told, the new level (0: unchanged) and the system change to make."""

    clock: str
    step: int
    share: float
    level: str
    raises: int
    change: str
    breached: bool


def climb(*, matter: Matter, kind: CaseKind, at: datetime, calendar: WorkCalendar) -> tuple[Matter, tuple[Climb, ...]]:
    """Return the matter with every rung climbed that is due at ``at``, and the rungs, each exactly once."""
    climbed: list[Climb] = []
    clocks: list[ClockState] = []
    level = matter.escalation_level
    for clock in matter.clocks:
        plan = kind.clock(clock.name)
        while clock.next_step_at is not None and clock.next_step_at <= at:
            rung = plan.ladder[clock.next_step]
            breached = rung.share >= 1 and plan.promise
            climbed.append(
                Climb(
                    clock=clock.name,
                    step=clock.next_step,
                    share=rung.share,
                    level=rung.level,
                    raises=rung.raises if rung.raises > level else 0,
                    change=rung.change,
                    breached=breached,
                )
            )
            level = max(level, rung.raises)
            met = False if breached else clock.met
            clock = _with_next_step(  # noqa: PLW2901 - the clock moves on
                replace(clock, next_step=clock.next_step + 1, met=met), plan, calendar
            )
        clocks.append(clock)
    moved = replace(matter, clocks=tuple(clocks), escalation_level=level)
    return _with_projections(moved, kind), tuple(climbed)
