"""Insert rows with ready-made statements; many go through COPY on PostgreSQL."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

Convert = Callable[[Any], Any]
Row = models.Model | Mapping[str, Any]
# from here on COPY is faster than one statement
MANY = 20


class NotForReadyRows(TypeError):
    """The model has a column that only saving an object fills."""


def _as_json(value: Any) -> str | None:
    # nothing is NULL, as saving stores it, and not the JSON word for it
    return None if value is None else json.dumps(value)


def _as_sqlite_moment(value: datetime | None) -> str | None:
    # the form in which Django stores moments in SQLite
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _as_sqlite_uuid(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _converter(field: models.Field[Any, Any], vendor: str) -> Convert | None:
    if isinstance(field, models.JSONField):
        return _as_json
    if vendor == "sqlite" and isinstance(field, models.DateTimeField):
        return _as_sqlite_moment
    if vendor == "sqlite" and isinstance(field, models.UUIDField):
        return _as_sqlite_uuid
    if not type(field).__module__.startswith("django."):
        # a field of ours: encrypted text
        return field.get_prep_value
    return None


@dataclass(frozen=True)
class _Plan:
    """What is known of a model before any row: its quoted table, the names of its columns, and how to get values."""

    table: str
    names: str
    columns: tuple[tuple[str, Convert | None], ...]

    def insert(self, count: int) -> str:
        marks = f"({', '.join(['%s'] * len(self.columns))})"
        return f"INSERT INTO {self.table} ({self.names}) VALUES {', '.join([marks] * count)}"  # noqa: S608 - own models

    def values_of(self, row: Row) -> list[Any]:
        if isinstance(row, models.Model):
            return [
                getattr(row, name) if convert is None else convert(getattr(row, name)) for name, convert in self.columns
            ]
        return [row[name] if convert is None else convert(row[name]) for name, convert in self.columns]


@cache
def _plan(model: type[models.Model], *, with_key: bool, vendor: str) -> _Plan:
    fields = [field for field in model._meta.local_concrete_fields if with_key or not field.primary_key]
    for field in fields:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            raise NotForReadyRows(f"{model._meta.label}.{field.name} is set by saving only")
    quote = connection.ops.quote_name
    return _Plan(
        table=quote(model._meta.db_table),
        names=", ".join(quote(str(field.column)) for field in fields),
        columns=tuple((field.attname, _converter(field, vendor)) for field in fields),
    )


@cache
def _statement(model: type[models.Model], count: int, *, with_key: bool, vendor: str, ending: str) -> str:
    return f"{_plan(model, with_key=with_key, vendor=vendor).insert(count)} {ending}".rstrip()


def insert_row(row: models.Model) -> None:
    """Insert one new object in the present transaction and give it its key.

    :raises NotForReadyRows: for a model with ``auto_now``.
    """
    insert_objects([row])


def insert_objects(rows: Sequence[models.Model]) -> None:
    """Insert a few new objects of one model in the present transaction, one statement, and give them their keys.

    :raises NotForReadyRows: for a model with ``auto_now``.
    """
    if not rows:
        return
    vendor, model = connection.vendor, type(rows[0])
    plan = _plan(model, with_key=False, vendor=vendor)
    ending = f"RETURNING {connection.ops.quote_name(str(model._meta.pk.column))}"
    statement = _statement(model, len(rows), with_key=False, vendor=vendor, ending=ending)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in plan.values_of(row)])
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding = False  # noqa: SLF001 - what saving sets, in Django's own words
            row._state.db = connection.alias  # noqa: SLF001 - what saving sets, in Django's own words


def insert_rows(
    model: type[models.Model], rows: Sequence[Row], *, with_key: bool = False, pass_over_known: bool = False
) -> None:
    """Insert objects, or rows given as attribute → value, in the present transaction; keys are not given back.

    Every column must be there. ``pass_over_known`` leaves out rows that break a uniqueness.

    :raises NotForReadyRows: for a model with ``auto_now``.
    """
    if not rows:
        return
    vendor = connection.vendor
    plan = _plan(model, with_key=with_key, vendor=vendor)
    if pass_over_known or len(rows) < MANY:
        ending = "ON CONFLICT DO NOTHING" if pass_over_known else ""
        for start in range(0, len(rows), MANY):
            some = rows[start : start + MANY]
            statement = _statement(model, len(some), with_key=with_key, vendor=vendor, ending=ending)
            with connection.cursor() as cursor:
                cursor.execute(statement, [value for row in some for value in plan.values_of(row)])
        return
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            with cursor.copy(f"COPY {plan.table} ({plan.names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(plan.values_of(row))
        else:
            cursor.executemany(plan.insert(1), [plan.values_of(row) for row in rows])


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
