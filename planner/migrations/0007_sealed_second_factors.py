"""Encrypt the secrets of second factors that are stored in the clear.

May be undone: the version before reads them in the clear. Rows that a process of the
version before writes meanwhile are encrypted by ``manage.py rotate_keys``.
"""

from django.db import migrations

from planner.second_factor import change_all, is_sealed, seal, unseal


def sealed(text, row):
    return text if is_sealed(text) else seal(text)


def unsealed(text, row):
    return unseal(text) if is_sealed(text) else text


def all_of(apps, schema_editor):
    alias = schema_editor.connection.alias
    return apps.get_model("mfa", "Authenticator").objects.using(alias), alias


def forwards(apps, schema_editor):
    rows, alias = all_of(apps, schema_editor)
    change_all(rows, sealed, database=alias)


def backwards(apps, schema_editor):
    rows, alias = all_of(apps, schema_editor)
    change_all(rows, unsealed, database=alias)


class Migration(migrations.Migration):
    dependencies = [
        ("planner", "0006_searches"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
