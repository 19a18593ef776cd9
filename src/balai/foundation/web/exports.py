"""Files that people take away: written row by row as they are read, marked when the city is an example."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

EXAMPLE_LINE = "Data contoh – bukan data pemerintah. / Example data – not government data."
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What csv writes to, handed on line by line."""

    def write(self, value: str) -> str:
        return value


def csv_safe(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA else value


def csv_answer(
    *, filename: str, head: Sequence[str], rows: Iterable[Sequence[Any]], is_example: bool
) -> StreamingHttpResponse:
    """Return rows as a CSV file, in as much memory as one row needs."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        if is_example:
            yield writer.writerow([f"# {EXAMPLE_LINE}"])
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([csv_safe(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def json_answer(*, name: str, rows: Iterable[dict[str, Any]], is_example: bool) -> StreamingHttpResponse:
    """Return rows as one JSON object whose member ``name`` is the list of them, in as much memory as one row needs."""

    def pieces() -> Iterator[str]:
        yield "{"
        if is_example:
            yield f'"note": {json.dumps(EXAMPLE_LINE, ensure_ascii=False)}, '
        yield f"{json.dumps(name)}: ["
        for number, row in enumerate(rows):
            yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
        yield "\n]}\n"

    return StreamingHttpResponse(pieces(), content_type="application/json; charset=utf-8")


def open_to_all(response: StreamingHttpResponse) -> StreamingHttpResponse:
    """Let pages of other sites read it too; for open data only."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
