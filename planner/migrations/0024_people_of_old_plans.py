"""Plans of earlier releases counted nominations where they said people.

Whoever reads a plan today reads people, so those are counted from what the plan wrote
down. How its quotas stood cannot be counted again, and its page says so.
"""

from django.db import migrations

PERSON = "application__participant__human_key", "application__participant"


def humans(rows):
    """Return who these rows are about: a human is one, with several registrations."""
    return {key or str(pk) for key, pk in rows.values_list(*PERSON)}


def count_people(apps, schema_editor):
    """Count the people of every plan that has counted nominations."""
    alias = schema_editor.connection.alias
    model = {
        name: apps.get_model("planner", name).objects.using(alias)
        for name in ("AllocationRun", "Proposal", "Reserve", "Unplaced")
    }
    for run in model["AllocationRun"].only("summary").iterator(chunk_size=100):
        facts = run.summary
        if "placed" not in facts or "nominations" in facts:
            continue
        rows = {name: model[name].filter(run=run) for name in model if name[0] != "A"}
        placed = humans(rows["Proposal"])
        people = placed | humans(rows["Unplaced"])
        facts |= {
            "nominations": facts["people"],
            "people": len(people),
            "placed": len(placed),
            "reserve": len(humans(rows["Reserve"]) - placed),
            "unplaced": len(people - placed),
        }
        model["AllocationRun"].filter(pk=run.pk).update(summary=facts)


class Migration(migrations.Migration):
    dependencies = [
        ("planner", "0023_long_imports"),
        ("programs", "0027_quota_conditions"),
    ]

    operations = [migrations.RunPython(count_people, migrations.RunPython.noop)]
