"""Read answers to the satisfaction survey from any CSV file with the columns U1 to U9."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from balai.modules.services.rules.survey import ELEMENTS, HIGHEST, LOWEST

_ELEMENT = re.compile(r"^\s*u\s*0*([1-9][0-9]?)\s*$", re.IGNORECASE)
_VALUE = re.compile(r"^([0-9]+)(?:[.,]0+)?$")
SHOWN_PROBLEMS = 20


class BadSurveyFile(ValueError):
    """The file cannot be read as answers. ``code`` is stable: encoding, empty, columns; ``detail`` names what."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class BadAnswer:
    """A line that is not an answer: its number in the file, the column and what stands there."""

    line: int
    column: str
    value: str


@dataclass
class SurveyFile:
    """What a file holds. ``answers`` are the good lines; a missing element is None."""

    elements: tuple[str, ...]
    answers: list[Mapping[str, int | None]] = field(default_factory=list)
    problems: list[BadAnswer] = field(default_factory=list)
    # lines without any answer
    blank: int = 0

    @property
    def complete(self) -> int:
        """Return how many answered every element."""
        return sum(1 for answer in self.answers if None not in answer.values())


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without mark) or UTF-16 with mark.

    :raises BadSurveyFile: ``encoding``.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadSurveyFile("encoding", f"byte {error.start}") from error
    if "\x00" in text:
        raise BadSurveyFile("encoding", "null byte")
    return text


def read_survey(text: str) -> SurveyFile:
    """Return the answers in a CSV text, whatever separates its columns and wherever U1 to U9 stand.

    :raises BadSurveyFile: ``empty``, ``columns`` (with those that are missing).
    """
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise BadSurveyFile("empty")
    first = next(line for line in lines if line.strip())
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    header: list[str] = []
    for row in rows:
        if any(cell.strip() for cell in row):
            header = row
            break
    places = _places(header)
    read = SurveyFile(elements=tuple(places))
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        _take(read, row, places, line=rows.line_num)
    return read


def _places(header: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        found = _ELEMENT.match(cell)
        if found:
            places.setdefault(f"U{int(found.group(1))}", place)
    missing = [name for name in ELEMENTS if name not in places]
    if missing:
        raise BadSurveyFile("columns", ", ".join(missing))
    return dict(sorted(places.items(), key=lambda item: int(item[0][1:])))


def _take(read: SurveyFile, row: list[str], places: dict[str, int], *, line: int) -> None:
    answer: dict[str, int | None] = {}
    for name, cell in _cells(row, places):
        if not cell:
            answer[name] = None
            continue
        found = _VALUE.match(cell)
        value = int(found.group(1)) if found else 0
        if not LOWEST <= value <= HIGHEST:
            read.problems.append(BadAnswer(line, name, cell[:40]))
            return
        answer[name] = value
    if all(value is None for value in answer.values()):
        read.blank += 1
        return
    read.answers.append(answer)


def _cells(row: list[str], places: dict[str, int]) -> Iterator[tuple[str, str]]:
    for name, place in places.items():
        yield name, row[place].strip() if place < len(row) else ""
