"""Insert many rows: COPY on PostgreSQL, one prepared statement on SQLite."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, models

Convert = Callable[[Any], Any]


def _as_json(value: Any) -> str:
    return json.dumps(value)


def _as_sqlite_moment(value: datetime | None) -> str | None:
    # the form in which Django stores moments in SQLite
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _converter(field: models.Field[Any, Any], vendor: str) -> Convert | None:
    if isinstance(field, models.JSONField):
        return _as_json
    if vendor == "sqlite" and isinstance(field, models.DateTimeField):
        return _as_sqlite_moment
    return None


@cache
def _plan(
    model: type[models.Model], *, with_key: bool, vendor: str
) -> tuple[str, tuple[tuple[str, Convert | None], ...]]:
    """Return the statement that inserts rows of a model, and for each column its attribute and conversion."""
    fields = [field for field in model._meta.local_concrete_fields if with_key or not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    marks = ", ".join(["%s"] * len(fields))
    statement = (
        f"COPY {table} ({names}) FROM STDIN"
        if vendor == "postgresql"
        else f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own models
    )
    return statement, tuple((field.attname, _converter(field, vendor)) for field in fields)


def insert_rows(model: type[models.Model], rows: Sequence[dict[str, Any]], *, with_key: bool = False) -> None:
    """Insert rows given as attribute → value in the present transaction; keys are not given back.

    Every column must be there. Not for models with encrypted columns.
    """
    if not rows:
        return
    statement, columns = _plan(model, with_key=with_key, vendor=connection.vendor)
    values = ([row[name] if convert is None else convert(row[name]) for name, convert in columns] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(statement) as copy:
                for line in values:
                    copy.write_row(line)
        else:
            cursor.executemany(statement, list(values))


def take_keys(model: type[models.Model], count: int) -> list[int]:
    """Return keys for rows that are about to be inserted with them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [model._meta.db_table, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # the write lock of the transaction is held: nobody else takes these
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return list(range(first, first + count))
