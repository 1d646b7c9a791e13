"""The promises by name, and which of them an error of the database is about."""

import functools
import re

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

QUOTED = re.compile(r"[a-z][a-z0-9_]+")


class Promise(models.TextChoices):
    """A promise that triggers keep; the label says what is wrong where it is broken."""

    SEATS = (
        "slot_has_a_seat_for_everybody",
        _("All seats of the slot are taken."),
    )
    OPEN_SLOT = (
        "withdrawn_slot_holds_nobody",
        _("The slot is withdrawn, or people hold places in it."),
    )
    INTAKE_ON = (
        "cancelled_intake_holds_nobody",
        _("The intake is cancelled, or people hold places in it."),
    )
    AGREEMENT_PEOPLE = (
        "agreement_keeps_its_people",
        _("The agreement allows no more people in that year."),
    )
    AGREEMENT_MONTHS = (
        "agreement_keeps_its_months",
        _("The agreement allows no more person-months in that year."),
    )
    ROUTE_PEOPLE = (
        "route_keeps_its_people",
        _("A cap of the immigration route allows no more people at that time."),
    )
    ONE_STAY = (
        "one_stay_at_a_time",
        _(
            "This person has a place elsewhere at the same time, or no time for the "
            "journey between the two."
        ),
    )
    ONE_PLACE = (
        "one_place_in_an_intake",
        _("The ministry is checking this person's data."),
    )
    SHARES = (
        "funding_shares_are_at_most_all",
        _("The shares of a category would add up to more than 100%."),
    )
    BUDGET = (
        "budget_is_not_overspent",
        _("The budget has no more money for this."),
    )


TOLD = {
    **{promise.value: promise.label for promise in Promise},
    "application_has_one_live_placement": _("This person holds a place already."),
    "person_has_one_live_placement_a_slot": _("This person holds this place already."),
    "stay_has_one_open_change": _("Another change of this stay waits for its answer."),
    "intake_has_one_live_publication": _(
        "Another plan of one of these intakes was published at this moment."
    ),
}
"""What is said when two who acted at once would have broken a constraint."""


def broken_by(error):
    """Return the name of the constraint that an IntegrityError is about, or "".

    PostgreSQL names it. SQLite names checks and our promises; of a unique constraint it
    names the columns, by which it is looked up.
    """
    cause = error.__cause__ or error
    diagnosis = getattr(cause, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    kind, _colon, names = str(cause).partition(" constraint failed: ")
    if kind == "UNIQUE":
        return _unique_by_columns().get(names, names)
    return names or (kind if QUOTED.fullmatch(kind) else "")


@functools.cache
def _unique_by_columns():
    """Return {"table.column, table.column": name} of all unique constraints."""
    names = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                columns = ", ".join(
                    f"{model._meta.db_table}.{model._meta.get_field(name).column}"
                    for name in constraint.fields
                )
                names.setdefault(columns, constraint.name)
    return names
