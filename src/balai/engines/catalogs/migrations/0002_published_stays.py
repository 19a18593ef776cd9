"""Refuse to change what a published version says; only its end stays writable."""

from typing import Any

from django.db import migrations

KEPT = (
    "record_id", "number", "content", "minutes", "decree_number", "decree_date", "valid_from", "review_date",
    "published_at",
)

POSTGRESQL = f"""
CREATE FUNCTION catalogs_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version stays as it is' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER catalogs_no_update BEFORE UPDATE OF {", ".join(KEPT)} ON catalogs_recordversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION catalogs_refuse();
"""
POSTGRESQL_BACK = """
DROP TRIGGER catalogs_no_update ON catalogs_recordversion;
DROP FUNCTION catalogs_refuse();
"""
SQLITE = f"""
CREATE TRIGGER catalogs_no_update BEFORE UPDATE OF {", ".join(KEPT)} ON catalogs_recordversion
WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published version stays as it is'); END;
"""
SQLITE_BACK = "DROP TRIGGER catalogs_no_update;"


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
    dependencies = (("catalogs", "0001_initial"),)
    operations = (migrations.RunPython(forward, backward),)
