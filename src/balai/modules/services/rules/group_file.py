"""Many people in one file: a column for each question, a row for each person."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from balai.foundation.forms.rules.schema import Field, FormSchema

MOST_PEOPLE = 100
LONGEST_CELL = 10_000
# what a cell can hold; files, signatures, places on a map and lists within a list are asked on the page
IN_A_CELL = (
    "text", "long_text", "number", "money", "date", "boolean", "choice", "choices", "nik", "kk", "nib", "phone", "email",
)  # fmt: skip
ADDRESS_PARTS = ("words", "village")
YES = frozenset({"ya", "y", "yes", "benar", "true", "1", "x", "v", "✓"})
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
EXAMPLE = "# "


class BadGroupFile(ValueError):
    """Nothing of a file can be used. ``code``: encoding, empty, columns, too_many; ``detail`` for people."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Column:
    """One column: the question it answers, and which part of an address (words or village; empty: all of it)."""

    field: Field
    part: str = ""

    @property
    def name(self) -> str:
        """Return its short name, as a program writes it."""
        return f"{self.field.slug}.{self.part}" if self.part else self.field.slug

    def label(self, *, english: bool) -> str:
        """Return the words of the question."""
        label = (self.field.label_en if english else "") or self.field.label_id
        if not self.part:
            return label
        words = {"words": ("jalan dan RT/RW", "street and RT/RW"), "village": ("kelurahan", "village")}
        return f"{label}: {words[self.part][english]}"


def columns_of(schema: FormSchema) -> tuple[Column, ...]:
    """Return the columns that a file for ``schema`` may have, in the order of its questions."""
    return tuple(_columns(schema))


def _columns(schema: FormSchema) -> Iterator[Column]:
    for field in schema.fields():
        if field.kind == "address":
            yield from (Column(field, part) for part in ADDRESS_PARTS)
        elif field.kind in IN_A_CELL:
            yield Column(field)


def read_people(data: bytes, *, schema: FormSchema, villages: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the answers of each person of a file, as the form reads them.

    CSV with comma, semicolon or tab, in UTF-8 or Windows-1252; columns by the words of the questions (either language)
    or their short names, in any order; columns that are no question are left out. ``villages`` gives the code of a
    village by its name in small letters. What cannot be read stays as it is written: the form then says what is wrong
    with it, beside the question.

    :raises BadGroupFile: if it is no such file, holds nobody, or more than a hundred.
    """
    text = _text(data)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=_mark(text)))
    except csv.Error as error:
        raise BadGroupFile("encoding") from error
    if any(len(cell) > LONGEST_CELL for row in lines for cell in row):
        raise BadGroupFile("encoding")
    rows = [row for row in lines if any(map(str.strip, row)) and not row[0].startswith(EXAMPLE)]
    if len(rows) < 2:
        raise BadGroupFile("empty")
    if len(rows) - 1 > MOST_PEOPLE:
        raise BadGroupFile("too_many", str(MOST_PEOPLE))
    known = {
        name.casefold(): column
        for column in reversed(columns_of(schema))
        for name in (column.label(english=False), column.label(english=True), column.name)
    }
    head = [known.get(cell.strip().casefold()) for cell in rows[0]]
    if not any(head):
        raise BadGroupFile("columns", ", ".join(cell.strip() for cell in rows[0])[:200])
    return [_person(head, row, villages) for row in rows[1:]]


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise BadGroupFile("encoding")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # what a spreadsheet on Windows writes
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _mark(text: str) -> str:
    # a spreadsheet puts the first line of our own template in quotes when it saves it
    head = next((line for line in text.splitlines() if not line.lstrip('"').startswith(EXAMPLE)), "")
    return max(",;\t", key=head.count)


def _person(head: Sequence[Column | None], row: Sequence[str], villages: Mapping[str, str]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for column, cell in zip(head, row, strict=False):
        # a mark that keeps spreadsheets from reading a formula, or a long number as one
        text = cell.strip().removeprefix("'").strip()
        if column is None or not text:
            continue
        slug = column.field.slug
        if column.part:
            given = answers.setdefault(slug, dict.fromkeys(ADDRESS_PARTS, ""))
            given[column.part] = villages.get(text.casefold(), text) if column.part == "village" else text
        else:
            answers[slug] = _answer(column.field, text)
    return answers


def _answer(field: Field, text: str) -> Any:
    match field.kind:
        case "boolean":
            return text.casefold() in YES
        case "date":
            return _day(text)
        case "choice":
            return _option(field, text)
        case "choices":
            return [_option(field, each.strip()) for each in re.split(r"[|;]", text) if each.strip()]
        case _:
            return text


def _option(field: Field, text: str) -> str:
    wanted = text.casefold()
    for option in field.options:
        if wanted in (option.slug.casefold(), option.label_id.casefold(), option.label_en.casefold()):
            return option.slug
    return text


def _day(text: str) -> str:
    found = DAY.fullmatch(text)
    if found is None:
        return text
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return text
