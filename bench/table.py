"""One line a figure, with the bar it is held against and the floor measured beside it."""

import sys
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured figure. ``bar`` is what is asked for in words; ``met`` None when nothing is asked."""

    name: str
    what: str
    value: str
    floor: str = ""
    bar: str = ""
    met: bool | None = None
    figures: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return asdict(self)


def print_table(rows: list[Row]) -> None:
    """Print the rows in columns, with a mark for what misses its bar."""
    head = ("", "what", "measured", "floor", "bar")
    marks = {True: "ok", False: "MISS", None: ""}
    lines = [head, *((marks[row.met], f"{row.name}: {row.what}", row.value, row.floor, row.bar) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")


def middle(values: list[float]) -> float:
    """Return the median."""
    return float(median(values))


def progress(words: str) -> None:
    """Say what is happening."""
    sys.stderr.write(f"· {words}\n")
    sys.stderr.flush()
