"""Stored answers are encrypted; those of the release before lay open and are dropped.

They are a day old at most and may hold secrets and people's data in clear. Whoever
sends one of those requests again meets the domain's own checks.
"""

from django.db import migrations

import programs.models.encrypted


def drop(apps, schema_editor):
    """Forget the answers that lie open."""
    alias = schema_editor.connection.alias
    apps.get_model("api", "IdempotencyRecord").objects.using(alias).all().delete()


class Migration(migrations.Migration):

    dependencies = [("api", "0003_webhooks")]

    operations = [
        migrations.RunPython(drop, migrations.RunPython.noop),
        migrations.RemoveField("idempotencyrecord", "answer"),
        migrations.AddField(
            "idempotencyrecord",
            "answer",
            programs.models.encrypted.EncryptedTextField(
                null=True, verbose_name="answer"
            ),
        ),
    ]
