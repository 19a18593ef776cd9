"""Insert many rows: COPY on PostgreSQL, many rows a statement on SQLite."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

BATCH = 500


@cache
def _columns(model: type[models.Model], with_key: bool) -> tuple[str, tuple[tuple[str, bool], ...]]:
    """Return the COPY statement of a model, and for each column its attribute and whether it is JSON."""
    fields = [field for field in model._meta.local_concrete_fields if with_key or not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
    return statement, tuple((field.attname, isinstance(field, models.JSONField)) for field in fields)


def insert_rows(model: type[models.Model], rows: Sequence[dict[str, Any]], *, with_key: bool = False) -> None:
    """Insert rows given as attribute → value in the present transaction; keys are not given back.

    Every column must be there. Only for models whose columns need no conversion but JSON (no encrypted columns).
    """
    if not rows:
        return
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create([model(**row) for row in rows], batch_size=BATCH)
        return
    statement, columns = _columns(model, with_key)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([json.dumps(row[name]) if is_json else row[name] for name, is_json in columns])


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
