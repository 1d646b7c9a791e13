import django.db.models.functions.comparison
import programs.models.encrypted
from django.db import migrations, models


def list_doubles(apps, schema_editor):
    """Say how many humans are registered more than once; nothing of them is changed."""
    alias = schema_editor.connection.alias
    people = apps.get_model("programs", "Participant").objects.using(alias).exclude(nik_hash="")
    several = people.values("nik_hash").annotate(n=models.Count("pk")).filter(n__gt=1)
    found = several.count()
    if found:
        print(
            f"\n    {found} people are registered by several institutions; "
            "see manage.py list_doubles, or “Registered twice?” on the desk."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0025_codes_of_hosts_and_senders"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="joined",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=64
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="linked",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=64
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="passport_hash",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=64
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="nik_is_doubtful",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="NIK to be confirmed",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="passport",
            field=programs.models.encrypted.EncryptedCharField(
                blank=True, max_length=20, null=True, verbose_name="passport number"
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(
                fields=["passport_hash"], name="participant_passport_hash"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("passport_hash", ""), _negated=True),
                fields=("registered_by", "passport_hash"),
                name="passport_is_registered_once_an_institution",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="human_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    django.db.models.functions.comparison.NullIf(
                        "linked", models.Value("")
                    ),
                    django.db.models.functions.comparison.NullIf(
                        "nik_hash", models.Value("")
                    ),
                    django.db.models.functions.comparison.NullIf(
                        "passport_hash", models.Value("")
                    ),
                    "joined",
                ),
                output_field=models.CharField(max_length=64),
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["human_key"], name="participant_human"),
        ),
        migrations.RunPython(list_doubles, migrations.RunPython.noop),
    ]
