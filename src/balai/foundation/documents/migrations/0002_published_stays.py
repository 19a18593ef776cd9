"""Refuse to change or delete a published source, and the file of an issued document."""

from typing import Any

from django.db import migrations

FIXED = ("number", "owner_kind", "owner_id", "template_version_id", "check_code", "stored", "sha256", "issued_at")

POSTGRESQL = f"""
CREATE FUNCTION documents_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published or issued stays as it is' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER documents_version_kept BEFORE UPDATE OR DELETE ON documents_documenttemplateversion
    FOR EACH ROW EXECUTE FUNCTION documents_refuse();
CREATE TRIGGER documents_issued_kept BEFORE UPDATE OF {", ".join(FIXED)} ON documents_issueddocument
    FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL) EXECUTE FUNCTION documents_refuse();
"""
POSTGRESQL_BACK = """
DROP TRIGGER documents_version_kept ON documents_documenttemplateversion;
DROP TRIGGER documents_issued_kept ON documents_issueddocument;
DROP FUNCTION documents_refuse();
"""
_WORDS = "BEGIN SELECT RAISE(ABORT, 'what was published or issued stays as it is'); END"
# No trigger against DELETE here: SQLite has no TRUNCATE, so emptying a test database is a DELETE like any other. A
# version that documents were made from is held by them.
SQLITE = (
    f"CREATE TRIGGER documents_version_kept BEFORE UPDATE ON documents_documenttemplateversion {_WORDS}",
    f"CREATE TRIGGER documents_issued_kept BEFORE UPDATE OF {', '.join(FIXED)} ON documents_issueddocument "
    f"WHEN OLD.issued_at IS NOT NULL {_WORDS}",
)
SQLITE_BACK = ("DROP TRIGGER documents_version_kept", "DROP TRIGGER documents_issued_kept")


def _run(schema_editor: Any, statements: dict[str, tuple[str, ...]]) -> None:
    for sql in statements.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(sql, params=None)


def forward(_apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, {"postgresql": (POSTGRESQL,), "sqlite": SQLITE})


def backward(_apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, {"postgresql": (POSTGRESQL_BACK,), "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    dependencies = (("documents", "0001_initial"),)
    operations = (migrations.RunPython(forward, backward),)
