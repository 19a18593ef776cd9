"""Where a complaint goes: ordered rules as data, first match wins, never to nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

CONDITION_KEYS = frozenset({"category", "area", "hours", "channel", "words", "kind"})


class BadCondition(Exception):
    """A rule whose condition cannot be read; ``code`` and ``value`` say where."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value


@dataclass(frozen=True, kw_only=True)
class RoutingRule:
    """One rule. Each condition is a list of which one must hold; a missing condition always holds."""

    id: int
    unit_id: int
    name: str = ""
    conditions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the rules look at. ``minute`` is the minute of the day in city time, ``in_hours`` whether offices work."""

    category: str
    kind: str
    channel: str
    text: str
    area_codes: tuple[str, ...]
    minute: int
    in_hours: bool


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where it goes and why: ``rule:<id>``, ``category`` or ``central``."""

    unit_id: int
    because: str


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _hour_holds(wanted: str, subject: Subject) -> bool:
    if wanted in ("open", "closed"):
        return subject.in_hours is (wanted == "open")
    start, _, end = wanted.partition("-")
    first, last = _minutes(start), _minutes(end)
    # 22:00-05:00 runs over midnight
    return first <= subject.minute < last if first <= last else subject.minute >= first or subject.minute < last


def check_conditions(conditions: dict[str, Any]) -> None:
    """Prove that a rule's conditions can be read.

    :raises BadCondition: ``unknown_key``, ``not_a_list`` or ``bad_hours``.
    """
    for key, values in conditions.items():
        if key not in CONDITION_KEYS:
            raise BadCondition("unknown_key", key)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise BadCondition("not_a_list", key)
    for value in conditions.get("hours", ()):
        if value in ("open", "closed"):
            continue
        start, dash, end = value.partition("-")
        try:
            good = bool(dash) and 0 <= _minutes(start) < 1440 and 0 < _minutes(end) <= 1440
        except ValueError:
            good = False
        if not good:
            raise BadCondition("bad_hours", value)


def matches(rule: RoutingRule, subject: Subject) -> bool:
    """Return whether every condition of ``rule`` holds for ``subject``."""
    wanted = rule.conditions
    words = subject.text.casefold()
    tests: dict[str, Callable[[str], bool]] = {
        "category": lambda value: value == subject.category,
        "kind": lambda value: value == subject.kind,
        "channel": lambda value: value == subject.channel,
        # a district's code covers its villages
        "area": lambda value: any(code == value or code.startswith(value + ".") for code in subject.area_codes),
        "hours": lambda value: _hour_holds(value, subject),
        "words": lambda value: value.casefold() in words,
    }
    return all(any(tests[key](value) for value in values) for key, values in wanted.items())


def route(
    *, rules: Sequence[RoutingRule], subject: Subject, category_unit_id: int | None, central_desk_id: int
) -> Route:
    """Return where a complaint goes: the first rule that matches, else its category's unit, else the central desk."""
    for rule in rules:
        if matches(rule, subject):
            return Route(unit_id=rule.unit_id, because=f"rule:{rule.id}")
    if category_unit_id is not None:
        return Route(unit_id=category_unit_id, because="category")
    return Route(unit_id=central_desk_id, because="central")
