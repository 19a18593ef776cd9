"""The index over the stems, as each database has it."""

from django.db import migrations

_POSTGRESQL = ("CREATE INDEX search_entry_words ON search_entry USING gin (to_tsvector('simple', stems))",)
_SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5"
    "(stems, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_words(rowid, stems) VALUES (new.id, new.stems); END",
    "CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_words(search_words, rowid, stems) VALUES ('delete', old.id, old.stems); END",
    "CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN "
    "INSERT INTO search_words(search_words, rowid, stems) VALUES ('delete', old.id, old.stems); "
    "INSERT INTO search_words(rowid, stems) VALUES (new.id, new.stems); END",
)
_UNDO = {
    "postgresql": ("DROP INDEX search_entry_words",),
    "sqlite": (
        "DROP TRIGGER search_entry_added",
        "DROP TRIGGER search_entry_gone",
        "DROP TRIGGER search_entry_changed",
        "DROP TABLE search_words",
    ),
}


def make(apps, schema_editor):
    for statement in {"postgresql": _POSTGRESQL, "sqlite": _SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def undo(apps, schema_editor):
    for statement in _UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, undo)]
