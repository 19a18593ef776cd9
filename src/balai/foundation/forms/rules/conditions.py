"""When a question is asked: a small language of comparisons over answers, as JSON.

``{"eq": [name, value]}``, ``ne``, ``in`` (value: list), ``gt``, ``gte``, ``lt``, ``lte``, ``{"filled": name}``,
``{"has": [name, value]}`` for lists, ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}``.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

DEEPEST = 10
COMPARISONS = frozenset({"eq", "ne", "in", "gt", "gte", "lt", "lte", "has"})


class BadCondition(ValueError):
    """This is no condition."""


def names_in_condition(condition: Any, *, depth: int = 0) -> frozenset[str]:
    """Return the names of the answers that a condition asks.

    :raises BadCondition: if it is none.
    """
    if depth > DEEPEST or not isinstance(condition, Mapping) or len(condition) != 1:
        raise BadCondition(str(condition)[:80])
    word, rest = next(iter(condition.items()))
    if word in ("all", "any"):
        if not isinstance(rest, list | tuple) or not rest:
            raise BadCondition(word)
        return frozenset().union(*(names_in_condition(each, depth=depth + 1) for each in rest))
    if word == "not":
        return names_in_condition(rest, depth=depth + 1)
    if word == "filled" and isinstance(rest, str):
        return frozenset({rest})
    if word not in COMPARISONS or not isinstance(rest, list | tuple) or len(rest) != 2 or not isinstance(rest[0], str):
        raise BadCondition(word)
    if word == "in" and not isinstance(rest[1], list | tuple):
        raise BadCondition(word)
    return frozenset({rest[0]})


def is_filled(value: Any) -> bool:
    """Return whether an answer says something; a tick that is not set says nothing."""
    return value is not False and value not in (None, "", [], {})


def as_number(value: Any) -> Decimal | None:
    """Return an answer as a number, None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def holds(*, condition: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> bool:
    """Return whether a condition holds; None always does. An answer that is missing fulfils no comparison.

    :raises BadCondition: if it is no condition.
    """
    if condition is None:
        return True
    names_in_condition(condition)
    return _holds(condition, answers)


def _holds(condition: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    word, rest = next(iter(condition.items()))
    if word in ("all", "any"):
        return (all if word == "all" else any)(_holds(each, answers) for each in rest)
    if word == "not":
        return not _holds(rest, answers)
    if word == "filled":
        return is_filled(answers.get(rest))
    return _compares(word, answers.get(rest[0]), rest[1])


def _compares(word: str, value: Any, wanted: Any) -> bool:
    if value in (None, "", [], {}):
        return False
    if word == "has":
        return isinstance(value, list | tuple) and wanted in value
    if word == "in":
        return any(_same(value, each) for each in wanted)
    if word in ("eq", "ne"):
        return _same(value, wanted) == (word == "eq")
    return _ordered(word, value, wanted)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, Decimal):
        # computed values: 7.00 is 7
        return value == as_number(wanted)
    return bool(value == wanted) or str(value) == str(wanted)


def _ordered(word: str, value: Any, wanted: Any) -> bool:
    left, right = as_number(value), as_number(wanted)
    if left is None or right is None:
        # days: ISO text stands in the order of time
        if not isinstance(value, str) or not isinstance(wanted, str):
            return False
        return {"gt": value > wanted, "gte": value >= wanted, "lt": value < wanted, "lte": value <= wanted}[word]
    return {"gt": left > right, "gte": left >= right, "lt": left < right, "lte": left <= right}[word]
