"""Refuse to change or remove what was recorded; only ``delivered_at``, the worker's note, stays writable."""

from typing import Any

from django.db import migrations

# everything that is hashed, and the key by which seals count
KEPT = (
    "id", "stream", "seq", "at", "kind", "actor_kind", "actor_id", "post_id", "public", "data", "previous_hash", "hash",
)

POSTGRESQL = f"""
CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER events_no_update BEFORE UPDATE OF {", ".join(KEPT)} ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_refuse();
CREATE TRIGGER events_no_delete BEFORE DELETE ON events_event FOR EACH ROW EXECUTE FUNCTION events_refuse();
"""
POSTGRESQL_BACK = """
DROP TRIGGER events_no_update ON events_event;
DROP TRIGGER events_no_delete ON events_event;
DROP FUNCTION events_refuse();
"""
# No trigger against DELETE here: SQLite has no TRUNCATE, so emptying a test database is a DELETE like any other.
# A row that is taken away shows in the chain and under the seals.
SQLITE = f"""
CREATE TRIGGER events_no_update BEFORE UPDATE OF {", ".join(KEPT)} ON events_event
BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END;
"""
SQLITE_BACK = "DROP TRIGGER events_no_update;"


def _run(schema_editor: Any, statements: dict[str, str]) -> None:
    sql = statements.get(schema_editor.connection.vendor)
    if sql:
        # one statement: SQLite takes no more at once, PostgreSQL does
        schema_editor.execute(sql, params=None)


def forward(_apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def backward(_apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    dependencies = (("events", "0001_initial"),)
    operations = (migrations.RunPython(forward, backward),)
