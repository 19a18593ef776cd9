"""Who is called next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# an appointment may be called so long before its time when its holder is there
EARLY = timedelta(minutes=5)
PRIORITIES = ("age", "disability", "pregnancy", "child")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody in the hall.

    ``key`` grows with the order of coming, ``since`` is when they came to this line, ``priority`` the reason why they go first (empty: none), ``slot`` the
    time of an appointment, ``is_back`` true for somebody who missed the call and came back in time.
    """

    key: int
    errand: Any
    since: datetime
    priority: str = ""
    slot: datetime | None = None
    is_back: bool = False


def next_in_line(
    waiting: Iterable[Waiting], *, errands: frozenset[Any], ordinary_since_priority: int, every: int, at: datetime
) -> Waiting | None:
    """Return who is called next at a counter that serves ``errands``, None where nobody waits for it.

    First whoever missed a call and came back; then appointments whose time has come, the earliest first: a slot is a
    promise. Of the others every ``every``-th call goes to priority people, oldest first, and the calls between go to
    whoever has waited longest, so that nobody starves: among n who wait, an ordinary person is called after at most
    n · every / (every − 1) calls that are not appointments. ``ordinary_since_priority`` counts the calls since the last
    priority one.

    :raises ValueError: if ``every`` is less than 2: then ordinary people would never be called.
    """
    if every < 2:
        raise ValueError(every)
    mine = [each for each in waiting if each.errand in errands]
    back = [each for each in mine if each.is_back]
    if back:
        return min(back, key=_by_arrival)
    due = [each for each in mine if each.slot is not None and each.slot <= at + EARLY]
    if due:
        return min(due, key=lambda each: (each.slot, each.key))
    walked_in = [each for each in mine if each.slot is None]
    first = [each for each in walked_in if each.priority]
    others = [each for each in walked_in if not each.priority]
    if first and (not others or ordinary_since_priority >= every - 1):
        return min(first, key=_by_arrival)
    if others:
        return min(others, key=_by_arrival)
    # an empty hall need not wait for the clock: whoever is early is served
    early = [each for each in mine if each.slot is not None]
    return min(early, key=lambda each: (each.slot, each.key)) if early else None


def _by_arrival(each: Waiting) -> tuple[datetime, int]:
    return each.since, each.key


def spoken_number(letter: str, number: int) -> str:
    """Return how a ticket is written: *A-012*."""
    return f"{letter}-{number:03}"
