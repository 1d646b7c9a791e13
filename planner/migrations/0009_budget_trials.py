"""Budgets tried out were scenarios whose names began with a mark and a run's number."""

import re

from django.db import migrations

NAME = re.compile(r"#(\d+) .+ = \d+")


def name_purpose(apps, schema_editor):
    """Give each of them its purpose and its run; what people named stays a what-if."""
    alias = schema_editor.connection.alias
    scenarios = apps.get_model("planner", "Scenario").objects.using(alias)
    runs = dict(
        apps.get_model("planner", "AllocationRun").objects.using(alias).values_list("number", "pk")
    )
    for scenario in scenarios.filter(name__startswith="#"):
        name = NAME.fullmatch(scenario.name)
        if name and int(name[1]) in runs and is_one_budget(scenario.overrides):
            scenarios.filter(pk=scenario.pk).update(
                purpose="budget_trial", tried_for_id=runs[int(name[1])]
            )


def is_one_budget(overrides):
    """Return whether the changes are one budget, in rupiah."""
    budgets = overrides.get("budgets", {})
    return list(overrides) == ["budgets"] and [type(b) for b in budgets.values()] == [
        int
    ]


def forget_purpose(apps, schema_editor):
    """Let the names speak again."""
    alias = schema_editor.connection.alias
    trials = apps.get_model("planner", "Scenario").objects.using(alias)
    trials.filter(purpose="budget_trial").update(purpose="what_if", tried_for=None)


class Migration(migrations.Migration):
    """Data only: PostgreSQL alters no table that has just been written to."""

    dependencies = [("planner", "0008_scenario_purpose")]

    operations = [migrations.RunPython(name_purpose, forget_purpose)]
