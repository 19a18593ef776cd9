"""Files that people take away: written row by row as they are read, marked when the city is an example."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

EXAMPLE_LINE = "Data contoh – bukan data pemerintah. / Example data – not government data."
Answer = TypeVar("Answer", bound=HttpResponseBase)
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


ColumnKind = Literal["text", "whole", "real", "day", "moment", "yes_no"]
_COLUMN_TYPES = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "real": "DOUBLE",
    "day": "DATE",
    "moment": "TIMESTAMPTZ",
    "yes_no": "BOOLEAN",
}


def parquet_answer(
    *, filename: str, columns: Mapping[str, ColumnKind], rows: Sequence[Sequence[Any]], is_example: bool
) -> HttpResponse:
    """Return rows as a Parquet file (zstd); for tables that fit into memory.

    That a city is an example stands in the file's own facts, under ``note``.
    """
    # only whoever asks for a file pays for loading the engine
    import duckdb  # noqa: PLC0415

    names = ", ".join(f'"{name}" {_COLUMN_TYPES[kind]}' for name, kind in columns.items())
    note = f", KV_METADATA {{note: '{EXAMPLE_LINE}'}}" if is_example else ""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:", config={"threads": 1}) as engine:
        path = Path(folder) / "table.parquet"
        engine.execute(f"CREATE TABLE sent ({names})")
        if rows:
            engine.executemany(f"INSERT INTO sent VALUES ({', '.join('?' * len(columns))})", rows)  # noqa: S608
        engine.execute(f"COPY sent TO '{path}' (FORMAT parquet, COMPRESSION zstd{note})")
        content = path.read_bytes()
    response = HttpResponse(content, content_type="application/vnd.apache.parquet")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def open_to_all(response: Answer) -> Answer:
    """Let pages of other sites read it too; for open data only."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
