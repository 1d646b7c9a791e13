"""A limit is its kind, a code and a part; they used to be read out of one text."""

from django.db import migrations, models

BATCH = 2000
PARTS = {"resource": 1, "agreement": 2, "route": 1}
"""How many words behind the code a key had, by kind; all other kinds had none."""


def split(key):
    """Return code and part of a key as the first version wrote it."""
    kind, _colon, rest = key.partition(":")
    code, *parts = rest.rsplit(":", PARTS.get(kind, 0))
    return code, ":".join(parts)


def write_code(apps, schema_editor):
    """Fill code and part of every row, some at a time."""
    alias = schema_editor.connection.alias
    prices = apps.get_model("planner", "LimitPrice").objects.using(alias)
    rows = []
    for row in prices.only("key").iterator(chunk_size=BATCH):
        row.code, row.part = split(row.key)
        rows.append(row)
        if len(rows) == BATCH:
            prices.bulk_update(rows, ["code", "part"])
            rows = []
    prices.bulk_update(rows, ["code", "part"])


class Migration(migrations.Migration):
    dependencies = [("planner", "0011_ticks")]

    operations = [
        migrations.RemoveConstraint(
            model_name="limitprice", name="limit_has_one_price"
        ),
        migrations.AddField(
            model_name="limitprice",
            name="code",
            field=models.CharField(
                db_default="",
                help_text="Of the slot, budget line, quota and so on.",
                max_length=200,
                verbose_name="code",
            ),
        ),
        migrations.AddField(
            model_name="limitprice",
            name="part",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Which of several limits of one thing, such as a year's.",
                max_length=40,
                verbose_name="part",
            ),
        ),
        migrations.RunPython(write_code, migrations.RunPython.noop),
    ]
