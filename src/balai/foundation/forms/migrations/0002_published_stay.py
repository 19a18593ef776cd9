"""Refuse to change or delete a published version."""

from typing import Any

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION forms_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published form stays as it is' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER forms_no_update BEFORE UPDATE ON balai_forms_formversion
    FOR EACH ROW EXECUTE FUNCTION forms_refuse();
"""
POSTGRESQL_BACK = "DROP TRIGGER forms_no_update ON balai_forms_formversion; DROP FUNCTION forms_refuse();"
SQLITE = """
CREATE TRIGGER forms_no_update BEFORE UPDATE ON balai_forms_formversion
BEGIN SELECT RAISE(ABORT, 'a published form stays as it is'); END;
"""
SQLITE_BACK = "DROP TRIGGER forms_no_update;"


def _run(schema_editor: Any, statements: dict[str, str]) -> None:
    sql = statements.get(schema_editor.connection.vendor)
    if sql:
        schema_editor.execute(sql, params=None)


def forward(_apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def backward(_apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    dependencies = (("balai_forms", "0001_initial"),)
    operations = (migrations.RunPython(forward, backward),)
