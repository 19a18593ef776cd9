"""Geometry of the small server-drawn charts. Baselines are zero; what was not measured is a gap."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

GAP_SHARE = 0.28  # of a column's place that stays empty


@dataclass(frozen=True, kw_only=True)
class ColumnShape:
    """Place of one column in per cent; ``y`` and ``height`` are empty where nothing was measured."""

    x: str
    middle: str
    width: str
    y: str
    height: str


def per_cent(value: float, whole: float) -> str:
    """Return value as per cent of the whole, kept between 0 and 100, as an SVG length."""
    share = 0.0 if whole <= 0 else min(max(float(value) / whole, 0.0), 1.0)
    return f"{_short(share * 100)}%"


def from_top(value: float, whole: float) -> str:
    """Return the height of a value measured from the top edge, as an SVG length."""
    share = 0.0 if whole <= 0 else min(max(float(value) / whole, 0.0), 1.0)
    return f"{_short(100 - share * 100)}%"


def nice_maximum(values: Sequence[float]) -> float:
    """Return the smallest of 1, 2, 2.5, 4, 5 or 10 times a power of ten that holds all values."""
    largest = max((float(value) for value in values), default=0.0)
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 10) if step * power >= largest * 0.999999)


def ticks(maximum: float) -> list[float]:
    """Return where lines are drawn: zero, the middle, the top."""
    return [0.0, maximum / 2, maximum]


def columns(*, values: Sequence[float | None], maximum: float) -> list[ColumnShape]:
    """Return the place of each column across the whole width."""
    if not values:
        return []
    place = 100 / len(values)
    width = place * (1 - GAP_SHARE)
    made = []
    for index, value in enumerate(values):
        left = index * place + (place - width) / 2
        made.append(
            ColumnShape(
                x=f"{_short(left)}%",
                middle=f"{_short(index * place + place / 2)}%",
                width=f"{_short(width)}%",
                y="" if value is None else from_top(value, maximum),
                height="" if value is None else per_cent(value, maximum),
            )
        )
    return made


def line(*, values: Sequence[float | None], maximum: float) -> str:
    """Return an SVG path over a square of 100, broken where nothing was measured."""
    if not values:
        return ""
    place = 100 / len(values)
    path, pen_is_down = [], False
    for index, value in enumerate(values):
        if value is None:
            pen_is_down = False
            continue
        share = 0.0 if maximum <= 0 else min(max(float(value) / maximum, 0.0), 1.0)
        path.append(f"{'L' if pen_is_down else 'M'}{_short(index * place + place / 2)} {_short(100 - 100 * share)}")
        pen_is_down = True
    return "".join(path)


def spread(*, count: int, most: int) -> set[int]:
    """Return which of ``count`` positions carry a word when there is room for ``most``; always the last."""
    if count <= 0:
        return set()
    step = max(1, math.ceil(count / most))
    return set(range(count - 1, -1, -step))


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
