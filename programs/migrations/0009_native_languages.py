"""Native languages of countries stood in the code of the rules."""

from django.db import migrations, models

KNOWN = {"CN": "zh", "ID": "id", "JP": "ja", "KR": "ko", "MY": "ms", "TW": "zh"}
NEW = {"SG": "en"}
"""Singapore teaches in English; the code had no entry for it."""


def fill(apps, schema_editor):
    """Write down what the code knew, so that no judgement changes."""
    alias = schema_editor.connection.alias
    countries = apps.get_model("programs", "Country").objects.using(alias)
    for code, language in (KNOWN | NEW).items():
        countries.filter(pk=code).update(native_language=language)


class Migration(migrations.Migration):
    dependencies = [("programs", "0008_reason_for_late_rows")]

    operations = [
        migrations.AddField(
            model_name="country",
            name="native_language",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Its citizens prove it by no test. Empty: they prove every "
                "language.",
                max_length=10,
                verbose_name="native language (BCP 47)",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
