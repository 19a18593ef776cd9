"""What a kind of matter is: states, changes and clocks as frozen data."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from balai.foundation.calendar.rules import Term

StateClass = Literal[
    "draft",
    "new",
    "waiting_reporter",
    "working",
    "waiting_outside",
    "answered",
    "done",
    "refused",
    "merged",
    "withdrawn",
]
END_CLASSES: frozenset[str] = frozenset({"done", "refused", "merged", "withdrawn"})
# ends in which nobody was given an answer
UNANSWERED: frozenset[str] = frozenset({"merged", "withdrawn"})
Who = Literal["staff", "reporter", "system"]
# "parts": every part of the matter (its own matters at other agencies) has ended
# "tasks": nothing is left of what the family of the kind wants done in this state
# "late": the newest promise to the reporter is broken; "running": a clock that the change stops still runs
# "unanswered": no clock that the change starts has ended since that promise was made
Need = Literal[
    "text",
    "proof",
    "reason",
    "basis",
    "unit",
    "target",
    "rating",
    "assignee",
    "parts",
    "tasks",
    "late",
    "running",
    "unanswered",
]
# A change that leaves the state alone, and one that goes back to where the matter was before it waited
SAME = "="
BACK = "<"


class UnknownChange(Exception):
    """The kind knows no change of that name."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A named state. Code reads only ``state_class``; the names belong to the city."""

    slug: str
    state_class: StateClass
    label_id: str
    label_en: str
    # position on the public progress line, from 1; 0: not on the line
    step: int = 0


@dataclass(frozen=True, kw_only=True)
class Part:
    """A matter of its own that a change opens at another agency (slug ``unit``), with the clocks of ``kind``."""

    kind: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A coded reason that an officer may choose."""

    slug: str
    label_id: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """An allowed change. ``sources`` are state slugs; ``target`` a slug, ``SAME`` or ``BACK``.

    ``audience`` says who may read the words that come with it; ``message`` names the template sent to the reporter;
    ``starts``, ``stops`` and ``restarts`` name clocks; ``answers`` marks the first answer; ``to_unit`` is the slug of
    the unit that answers for the matter from then on (empty: the same as before); ``opens`` are parts of the matter
    that other agencies get at the same moment.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    who: Who
    label_id: str
    label_en: str
    permission: str = ""
    needs: tuple[Need, ...] = ()
    may_have: tuple[Need, ...] = ()
    audience: Literal["public", "reporter", "staff"] = "public"
    entry: Literal["question", "reply", "answer", "note", "reason"] = "reason"
    public: bool = True
    message: str = ""
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    answers: bool = False
    undoable: bool = False
    to_unit: str = ""
    opens: tuple[Part, ...] = ()
    # what a ``reason`` may be; empty: the engine's own lists for refusing and passing on
    reasons: tuple[Reason, ...] = ()
    # place among the buttons of the desk; 0: not a button
    order: int = 0
    # the letter that presses it
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of a clock's ladder, at ``share`` of the term (1.0 is the due moment, more is after it).

    ``level`` is who is told (handler, head, secretary, mayor); ``raises`` moves the matter up to that level;
    ``change`` names a system change made instead.
    """

    share: float
    level: str = ""
    raises: int = 0
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class ClockPlan:
    """A promise of the kind. ``promise`` clocks set the due date that everybody sees."""

    name: str
    term: Term
    label_id: str
    label_en: str
    starts_at_receipt: bool = True
    pauses_in: tuple[StateClass, ...] = ("waiting_reporter",)
    ladder: tuple[Rung, ...] = ()
    promise: bool = True
    extension: Term | None = None
    max_extensions: int = 0


@dataclass(frozen=True, kw_only=True)
class CaseKind:
    """A published description of one kind of matter. ``main_clock`` is the whole promise, ``answer_clock`` that of
    a first answer (empty: the kind promises none). ``family`` names the desk and pages that it shares with its like.
    """

    slug: str
    label_id: str
    label_en: str
    states: tuple[State, ...]
    changes: tuple[Change, ...]
    clocks: tuple[ClockPlan, ...]
    initial: str
    # state after routing to a unit that is not the central desk
    routed: str
    main_clock: str
    answer_clock: str = ""
    # days after the end during which the reporter may reopen: calendar days from the moment of closing, or working
    # days with the last one whole
    reopen_days: int = 10
    reopen_unit: Literal["calendar_days", "working_days"] = "calendar_days"
    received_message: str = ""
    source: str = ""
    family: str = "complaint"

    def state(self, slug: str) -> State:
        """Return the state called ``slug``."""
        return next(state for state in self.states if state.slug == slug)

    def change(self, name: str, *, state: str = "") -> Change:
        """Return the change called ``name``; where it leads elsewhere from other states, the one made from ``state``.

        :raises UnknownChange: if there is none.
        """
        named = [change for change in self.changes if change.name == name]
        for change in named:
            if state in change.sources:
                return change
        if named:
            return named[0]
        raise UnknownChange(f"{self.slug} knows no change {name!r}")

    def is_interruption(self, slug: str) -> bool:
        """Return whether a state is left back to where the matter came from."""
        return any(change.target == BACK and slug in change.sources for change in self.changes)

    def has_clock(self, name: str) -> bool:
        """Return whether the kind runs a clock of that name."""
        return any(clock.name == name for clock in self.clocks)

    def clock(self, name: str) -> ClockPlan:
        """Return the clock called ``name``."""
        return next(clock for clock in self.clocks if clock.name == name)


def with_own_promise(kind: CaseKind, *, promised: bool) -> CaseKind:
    """Return the kind for matters whose promise was made elsewhere: only the main clock, without ladder, or none."""
    clocks = tuple(
        replace(clock, ladder=(), extension=None) for clock in kind.clocks if promised and clock.name == kind.main_clock
    )
    return replace(kind, clocks=clocks)


def kind_to_json(kind: CaseKind) -> dict[str, Any]:
    """Return ``kind`` as plain JSON values, equal to what comes back from a JSON column (lists, no tuples)."""
    built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(kind))
    return built


def kind_from_json(data: dict[str, Any]) -> CaseKind:
    """Return the kind stored as ``data``.

    :raises msgspec.ValidationError: if the stored form is not a kind.
    """
    return msgspec.convert(data, CaseKind)


def kind_problems(kind: CaseKind) -> list[str]:
    """Return what is wrong with a kind: unreachable states, dead ends, changes between unknown states or clocks."""
    known = {state.slug: state for state in kind.states}
    clocks = {clock.name for clock in kind.clocks}
    problems = [f"{name} is not a state" for name in (kind.initial, kind.routed) if name not in known]
    if kind.main_clock and kind.main_clock not in clocks:
        problems.append(f"main clock {kind.main_clock} is not a clock")
    reached = {kind.initial, kind.routed}
    leaving: set[str] = set()
    for change in kind.changes:
        problems += [f"{change.name}: {slug} is not a state" for slug in change.sources if slug not in known]
        named = (*change.starts, *change.stops, *change.restarts)
        problems += [f"{change.name}: {clock} is not a clock" for clock in named if clock not in clocks]
        if change.target not in (SAME, BACK):
            if change.target not in known:
                problems.append(f"{change.name}: {change.target} is not a state")
            reached.add(change.target)
            leaving.update(change.sources)
        elif change.target == BACK:
            leaving.update(change.sources)
        if change.who == "staff" and not change.permission:
            problems.append(f"{change.name}: staff change without a permission")
    problems += [f"{slug} is never reached" for slug in known if slug not in reached]
    problems += [
        f"{slug} is a dead end"
        for slug, state in known.items()
        if state.state_class not in END_CLASSES and slug not in leaving
    ]
    return problems
