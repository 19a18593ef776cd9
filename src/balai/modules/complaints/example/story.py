"""A story: one report and what became of it, as plain data."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Person:
    """Somebody who holds a post of an agency from ``since`` and works on it until ``until`` (None: still)."""

    user_id: int
    post_id: int
    title: str
    level: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of the kind's table. ``target`` is the place of another story in the list."""

    at: datetime
    change: str
    by: Literal["staff", "resident", "system"] = "staff"
    person: Person | None = None
    text: str = ""
    reason: str = ""
    basis: str = ""
    unit_id: int | None = None
    assignee_id: int | None = None
    rating: int | None = None
    target: int | None = None


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where: a village, perhaps a position, and the reporter's words for it."""

    village_id: int
    district_id: int
    village_code: str
    words: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """One report with its course. ``reporter`` numbers the invented residents; None for nobody."""

    received_at: datetime
    category_id: int
    category: str
    kind: str
    unit_id: int
    routed_by: str
    channel: str
    privacy: str
    title: str
    text: str
    sensitive: bool
    spot: Spot | None = None
    reporter: int | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    supports: tuple[datetime, ...] = ()
    steps: tuple[Step, ...] = ()
    # which drawings belong to it: before, and after the answer
    photos: tuple[Literal["before", "after"], ...] = ()
