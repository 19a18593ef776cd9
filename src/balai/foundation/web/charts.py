"""What the chart templates draw: geometry from ``rules.geometry``, words from ``words``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from balai.foundation.web import words
from balai.foundation.web.rules import geometry


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar; ``width`` and the whiskers are per cent of the drawing's width."""

    label: Any
    url: str
    text: str
    note: Any
    width: str
    low: str
    high: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Bars:
    """All bars, and whether a note or an interval is shown."""

    rows: list[Bar]
    has_notes: bool
    has_intervals: bool


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column; numbers are per cent of the drawing. ``height`` is empty where nothing was measured."""

    label: Any
    text: str
    x: str
    middle: str
    width: str
    y: str
    height: str
    is_labelled: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Series:
    """Columns, the axis' lines with their words, the line through the points, and an optional target."""

    columns: list[Column]
    ticks: list[tuple[str, str]]
    path: str
    target: str
    target_text: str


def bars(*, rows: Iterable[Any], maximum: float | None = None) -> Bars:
    """Return bars from zero; rows are mappings or objects with label, value, share, note, url, low, high, state.

    Where a row has a ``share`` (of 1), its bar is that share of the whole width and the words say per cent;
    else bars are drawn in proportion to the largest value or to ``maximum``.
    """
    given = [_Row(row) for row in rows]
    whole = maximum or max((row.length for row in given if row.share is None), default=1) or 1
    made = []
    for row in given:
        scale = 1.0 if row.share is not None else whole
        made.append(
            Bar(
                label=row("label"),
                url=row("url") or "",
                text=row.text,
                note=row.note,
                width=geometry.per_cent(row.length, scale),
                low=geometry.per_cent(row("low"), scale) if row("low") is not None else "",
                high=geometry.per_cent(row("high"), scale) if row("high") is not None else "",
                state=row("state") or "",
            )
        )
    return Bars(
        rows=made, has_notes=any(bar.note for bar in made), has_intervals=any(bar.low and bar.high for bar in made)
    )


def series(*, points: Iterable[Any], maximum: float | None = None, target: float | None = None) -> Series:
    """Return columns from zero; points are mappings or objects with label, value (None = nothing measured), text."""
    given = [_Row(point) for point in points]
    values = [point("value") for point in given]
    known = [value for value in values if value is not None]
    whole = maximum or geometry.nice_maximum([*known, target or 0])
    shapes = geometry.columns(values=values, maximum=whole)
    labelled = geometry.spread(count=len(given), most=6)
    return Series(
        columns=[
            Column(
                label=point("label"),
                text=str(point("text") or (words.number(value) if value is not None else "–")),
                x=shape.x,
                middle=shape.middle,
                width=shape.width,
                y=shape.y,
                height=shape.height,
                is_labelled=index in labelled,
                is_last=index == len(given) - 1,
            )
            for index, (point, value, shape) in enumerate(zip(given, values, shapes, strict=True))
        ],
        ticks=[(geometry.from_top(tick, whole), words.number(tick)) for tick in geometry.ticks(whole)],
        path=geometry.line(values=values, maximum=whole),
        target=geometry.from_top(target, whole) if target is not None else "",
        target_text=words.number(target) if target is not None else "",
    )


def sparkline(*, values: Sequence[float | None]) -> dict[str, str]:
    """Return the path and the last point of a small line."""
    known = [value for value in values if value is not None]
    if not known:
        return {}
    whole = max(known) or 1
    return {
        "path": geometry.line(values=values, maximum=whole),
        "last_y": geometry.from_top(known[-1], whole) if values and values[-1] is not None else "",
    }


class _Row:
    """A row that may be a mapping or an object."""

    def __init__(self, row: Any) -> None:
        self.row = row

    def __call__(self, name: str) -> Any:
        return self.row.get(name) if isinstance(self.row, dict) else getattr(self.row, name, None)

    @property
    def share(self) -> float | None:
        share = self("share")
        return None if share is None else float(share)

    @property
    def length(self) -> float:
        return self.share if self.share is not None else float(self("value") or 0)

    @property
    def text(self) -> str:
        given = self("text")
        if given:
            return str(given)
        if self.share is not None:
            return words.percent(self.share)
        value = self("value")
        return "–" if value is None else words.number(value)

    @property
    def note(self) -> Any:
        if self("note"):
            return self("note")
        value = self("value")
        return words.number(value) if self.share is not None and value is not None else ""
