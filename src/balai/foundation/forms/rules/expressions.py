"""Formulas as staff write them: ``luas * tabel(tarif, jenis)``; read into and written from the language of formulas.

Words: ``+ - * /``, brackets, numbers with a point, names of questions, ``min(a, b)``, ``max(a, b)``,
``bulat(a, digits)``, ``tabel(name, question)``, ``jumlah(group, expression)``, ``banyak(group)``,
``jika(a > b, then, else)`` with ``> >= < <= == !=``.
"""

import ast
from decimal import Decimal
from typing import Any

LONGEST = 500
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Gt: "gt",
    ast.GtE: "gte",
    ast.Lt: "lt",
    ast.LtE: "lte",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_BACK = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "==", "ne": "!="}


class BadExpression(ValueError):
    """This cannot be read as a formula."""


def read_expression(text: str) -> Any:
    """Return the formula that a text says.

    :raises BadExpression: if it says none; nothing of it is ever run.
    """
    if len(text) > LONGEST:
        raise BadExpression("too long")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadExpression(text[:60]) from error
    return _read(tree.body)


def _read(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return str(Decimal(str(node.value)))
    if isinstance(node, ast.Name):
        return {"var": node.id}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return {"-": ["0", _read(node.operand)]}
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return {_SIGNS[type(node.op)]: [_read(node.left), _read(node.right)]}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _call(node.func.id, node.args)
    raise BadExpression(ast.dump(node)[:60])


def _name(node: ast.expr) -> str:
    if not isinstance(node, ast.Name):
        raise BadExpression("a name is needed")
    return node.id


def _call(word: str, parts: list[ast.expr]) -> Any:
    if word in ("min", "max") and parts:
        return {word: [_read(part) for part in parts]}
    if word == "bulat" and len(parts) in (1, 2):
        digits = parts[1].value if len(parts) == 2 and isinstance(parts[1], ast.Constant) else 0
        if not isinstance(digits, int) or (len(parts) == 2 and not isinstance(parts[1], ast.Constant)):
            raise BadExpression(word)
        return {"round": [_read(parts[0]), digits]}
    if word == "tabel" and len(parts) == 2:
        key = parts[1]
        return {"table": [_name(parts[0]), key.id if isinstance(key, ast.Name) else _read(key)]}
    if word == "jumlah" and len(parts) == 2:
        return {"sum": [_name(parts[0]), _read(parts[1])]}
    if word == "banyak" and len(parts) == 1:
        return {"count": _name(parts[0])}
    if word == "jika" and len(parts) == 3:
        return {"if": [_compare(parts[0]), _read(parts[1]), _read(parts[2])]}
    raise BadExpression(word)


def _compare(node: ast.expr) -> Any:
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in _COMPARED:
        raise BadExpression("a comparison is needed")
    other = node.comparators[0]
    if not isinstance(other, ast.Constant) or isinstance(other.value, bool | bytes | None | type(...)):
        raise BadExpression("compare with a number or a word in quotes")
    value = other.value if isinstance(other.value, str) else str(other.value)
    return {_COMPARED[type(node.ops[0])]: [_name(node.left), value]}


def write_expression(formula: Any) -> str:
    """Return a formula as staff write it."""
    if not isinstance(formula, dict):
        return str(formula)
    word, rest = next(iter(formula.items()))
    if word == "var":
        return str(rest)
    if word in ("+", "*", "-", "/"):
        # the first of a chain needs no brackets: a * b * c is read from the left
        first = write_expression(rest[0]) if isinstance(rest[0], dict) and word in rest[0] else _inside(rest[0])
        return f" {word} ".join((first, *(_inside(part) for part in rest[1:])))
    return str(_WRITTEN[word](rest))


def _inside(formula: Any) -> str:
    text = write_expression(formula)
    return f"({text})" if isinstance(formula, dict) and next(iter(formula)) in ("+", "-", "*", "/") else text


def _written_if(rest: Any) -> str:
    word, (name, value) = next(iter(rest[0].items()))
    shown = value if str(value).replace(".", "", 1).lstrip("-").isdecimal() else f'"{value}"'
    return f"jika({name} {_BACK[word]} {shown}, {write_expression(rest[1])}, {write_expression(rest[2])})"


_WRITTEN: dict[str, Any] = {
    "min": lambda rest: f"min({', '.join(write_expression(part) for part in rest)})",
    "max": lambda rest: f"max({', '.join(write_expression(part) for part in rest)})",
    "round": lambda rest: f"bulat({write_expression(rest[0])}, {rest[1]})",
    "table": lambda rest: f"tabel({rest[0]}, {rest[1] if isinstance(rest[1], str) else write_expression(rest[1])})",
    "sum": lambda rest: f"jumlah({rest[0]}, {write_expression(rest[1])})",
    "count": lambda rest: f"banyak({rest})",
    "if": _written_if,
}
