"""Mark the accounts of a demonstration that was loaded before they were marked."""

from django.db import migrations, models

NAMES = (
    "coordinator koordinator-ai planner approver sender host auditor administrator"
)


def mark(apps, schema_editor):
    users = apps.get_model("programs", "User").objects
    users = users.using(schema_editor.connection.alias)
    for name in NAMES.split():
        users.filter(username=name, email=f"{name}@planner.example").update(is_demo=True)


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0003_spent"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_demo",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Opens only where DEMO is on.",
                verbose_name="of the demonstration",
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
