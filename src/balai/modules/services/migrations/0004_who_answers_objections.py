"""Whoever decides goes on answering objections, until the city gives that to somebody else."""

from django.db import migrations


def give(apps, schema_editor):
    for role in apps.get_model("identity", "Role").objects.all():
        if "services.decide" in role.permissions and "services.objections" not in role.permissions:
            role.permissions = [*role.permissions, "services.objections"]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("services", "0003_asked_name"), ("identity", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
