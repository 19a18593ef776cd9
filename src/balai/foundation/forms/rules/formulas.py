"""Values that follow from answers: a small language of arithmetic as JSON, in exact decimals.

A formula is a number (``5``, ``"0.5"``) or ``{word: …}``: ``{"var": name}``, ``{"+": […]}``, ``{"*": […]}``,
``{"-": [a, b]}``, ``{"/": [a, b]}``, ``{"min": […]}``, ``{"max": […]}``, ``{"round": [a, digits]}``,
``{"if": [condition, a, b]}``, ``{"sum": [group, formula]}`` (the formula's names are those of the group),
``{"count": group}``, ``{"table": [table, formula or name]}``.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from balai.foundation.forms.rules.conditions import BadCondition, as_number, holds, names_in_condition

DEEPEST = 20
# above a quadrillion rupiah something is wrong, not expensive
LARGEST = Decimal(10) ** 15
MOST_DIGITS = 6
# what a formula may divide into: enough for any fee, and the same on every machine
STEP = Decimal(10) ** -12


class BadFormula(ValueError):
    """This is no formula."""


class FormulaError(Exception):
    """A formula gives no value. ``code``: missing, division_by_zero, not_a_number, no_row, too_big; ``path`` its name."""

    def __init__(self, code: str, path: str = "") -> None:
        super().__init__(f"{code} {path}".strip())
        self.code = code
        self.path = path


def names_in_formula(formula: Any, *, depth: int = 0) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of answers and of tables that a formula uses.

    :raises BadFormula: if it is none.
    """
    if depth > DEEPEST:
        raise BadFormula("too deep")
    if not isinstance(formula, Mapping):
        if as_number(formula) is None:
            raise BadFormula(str(formula)[:80])
        return frozenset(), frozenset()
    if len(formula) != 1:
        raise BadFormula(str(formula)[:80])
    word, rest = next(iter(formula.items()))
    if word in ("var", "count"):
        if not isinstance(rest, str):
            raise BadFormula(word)
        return frozenset({rest}), frozenset()
    parts = _parts(word, rest)
    if word == "sum":
        # names inside are those of the group's fields
        names_in_formula(parts[1], depth=depth + 1)
        return frozenset({parts[0]}), frozenset()
    if word == "table":
        key = parts[1]
        names = frozenset({key}) if isinstance(key, str) and as_number(key) is None else _names(key, depth)
        return names, frozenset({parts[0]})
    if word == "if":
        try:
            asked = names_in_condition(parts[0])
        except BadCondition as error:
            raise BadFormula(word) from error
        found = [names_in_formula(each, depth=depth + 1) for each in parts[1:]]
        return asked.union(*(each[0] for each in found)), frozenset().union(*(each[1] for each in found))
    counted = parts[:1] if word == "round" else parts
    found = [names_in_formula(each, depth=depth + 1) for each in counted]
    return frozenset().union(*(each[0] for each in found)), frozenset().union(*(each[1] for each in found))


def _names(formula: Any, depth: int) -> frozenset[str]:
    return names_in_formula(formula, depth=depth + 1)[0]


def _parts(word: str, rest: Any) -> Sequence[Any]:
    """Return the parts of a formula after its word, as many as the word takes."""
    lengths = {"-": 2, "/": 2, "round": 2, "if": 3, "sum": 2, "table": 2}
    if not isinstance(rest, list | tuple) or not rest:
        raise BadFormula(word)
    if word not in (*lengths, "+", "*", "min", "max") or len(rest) != lengths.get(word, len(rest)):
        raise BadFormula(word)
    if word in ("sum", "table") and not isinstance(rest[0], str):
        raise BadFormula(word)
    if word == "round" and (not isinstance(rest[1], int) or not -MOST_DIGITS <= rest[1] <= MOST_DIGITS):
        raise BadFormula(word)
    return rest


def compute(*, formula: Any, answers: Mapping[str, Any], tables: Mapping[str, Sequence[Any]]) -> Decimal:
    """Return what a formula gives, in exact decimals.

    ``tables`` are rows with ``up_to``, ``key`` and ``value``.

    :raises FormulaError: if an answer is missing or the arithmetic has no result.
    :raises BadFormula: if it is no formula.
    """
    names_in_formula(formula)
    return _limited(_value(formula, answers, tables))


def _limited(number: Decimal) -> Decimal:
    if abs(number) > LARGEST:
        raise FormulaError("too_big")
    return number


def _value(formula: Any, answers: Mapping[str, Any], tables: Mapping[str, Sequence[Any]]) -> Decimal:
    if not isinstance(formula, Mapping):
        number = as_number(formula)
        if number is None:
            raise FormulaError("not_a_number")
        return _limited(number)
    word, rest = next(iter(formula.items()))
    made = _WORDS[word](rest, answers, tables)
    return _limited(made)


def _var(name: str, answers: Mapping[str, Any], _tables: Any) -> Decimal:
    value = answers.get(name)
    if value in (None, ""):
        raise FormulaError("missing", name)
    number = as_number(value)
    if number is None:
        raise FormulaError("not_a_number", name)
    return number


def _rows(name: str, answers: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows = answers.get(name) or []
    if not isinstance(rows, list | tuple):
        raise FormulaError("not_a_number", name)
    return [row for row in rows if isinstance(row, Mapping)]


def _table(rest: Any, answers: Mapping[str, Any], tables: Mapping[str, Sequence[Any]]) -> Decimal:
    rows, key = tables.get(rest[0], ()), rest[1]
    if isinstance(key, str) and as_number(key) is None:
        chosen = answers.get(key)
        if chosen in (None, ""):
            raise FormulaError("missing", key)
        found = next((row for row in rows if row.key and row.key == chosen), None)
        number = None if found else as_number(chosen)
    else:
        found, number = None, _value(key, answers, tables)
    if found is None and number is not None:
        found = next((row for row in rows if not row.key and (not row.up_to or number <= Decimal(row.up_to))), None)
    if found is None:
        raise FormulaError("no_row", rest[0])
    value = as_number(found.value)
    if value is None:
        raise FormulaError("not_a_number", rest[0])
    return value


def _divided(rest: Any, answers: Mapping[str, Any], tables: Any) -> Decimal:
    over, under = (_value(each, answers, tables) for each in rest)
    if under == 0:
        raise FormulaError("division_by_zero")
    try:
        return (over / under).quantize(STEP, rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise FormulaError("too_big") from error


def _rounded(rest: Any, answers: Mapping[str, Any], tables: Any) -> Decimal:
    try:
        made = _value(rest[0], answers, tables).quantize(Decimal(1).scaleb(-rest[1]), rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise FormulaError("too_big") from error
    return made


def _product(rest: Any, answers: Mapping[str, Any], tables: Any) -> Decimal:
    made = Decimal(1)
    for each in rest:
        made = _limited(made * _value(each, answers, tables))
    return made


_Made = Callable[[Any, Mapping[str, Any], Mapping[str, Sequence[Any]]], Decimal]
_WORDS: dict[str, _Made] = {
    "var": _var,
    "+": lambda rest, answers, tables: sum((_value(each, answers, tables) for each in rest), Decimal(0)),
    "-": lambda rest, answers, tables: _value(rest[0], answers, tables) - _value(rest[1], answers, tables),
    "*": _product,
    "/": _divided,
    "min": lambda rest, answers, tables: min(_value(each, answers, tables) for each in rest),
    "max": lambda rest, answers, tables: max(_value(each, answers, tables) for each in rest),
    "round": _rounded,
    "if": lambda rest, answers, tables: _value(
        rest[1] if holds(condition=rest[0], answers=answers) else rest[2], answers, tables
    ),
    "sum": lambda rest, answers, tables: sum(
        (_value(rest[1], {**answers, **row}, tables) for row in _rows(rest[0], answers)), Decimal(0)
    ),
    "count": lambda name, answers, _tables: Decimal(len(_rows(name, answers))),
    "table": _table,
}
