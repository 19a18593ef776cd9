from django.db import migrations, models


def store_as_it_is(apps, schema_editor):
    # photos and PDFs are packed already: trying to pack them again takes longer than writing them
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE files_attachment ALTER COLUMN received SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [
        migrations.AddField(model_name="attachment", name="received", field=models.BinaryField(null=True)),
        migrations.RunPython(store_as_it_is, migrations.RunPython.noop),
    ]
