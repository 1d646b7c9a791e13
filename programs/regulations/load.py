"""Load a folder: all of it or nothing, and never over a program that is there.

What several programs share (institutions, sources of money, facts that a ministry
wants to know) is taken as it stands where it is known by its code.
"""

from decimal import InvalidOperation

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from programs import models, tables
from programs.audit_actions import AuditAction
from programs.domain import audit, conditions, transactions
from programs.domain.actors import SYSTEM, coordinates, forbidden
from programs.refusals import Refusal, RefusalKind
from programs.tables import Table

SHARED = {
    "institutions": Table(models.Institution, "code"),
    "facts": Table(models.FactDefinition, "code"),
    "funding_sources": Table(models.FundingSource, "code"),
    "budget_lines": Table(models.BudgetLine, "source", "fiscal_year", "category"),
}
"""What other programs may have brought already."""
OWN = {
    "agreements": Table(models.Agreement, "code"),
    "shared_resources": Table(models.SharedResource, "code"),
    "programs": Table(models.Program, "code"),
    "rules": Table(models.ProgramRule, "program", "code"),
    "goals": Table(models.ProgramGoal, "program", "indicator_en", "year"),
    "intakes": Table(models.Intake, "code"),
    "slots": Table(models.Slot, "code"),
    "skill_requirements": Table(models.SkillRequirement, "slot", "skill", "kind"),
    "resource_uses": Table(models.ResourceUse, "resource", "slot"),
    "pathways": Table(models.Pathway, "code"),
    "pathway_steps": Table(models.PathwayStep, "pathway", "position"),
    "cost_rules": Table(
        models.CostRule, "program", "slot", "category", "formula", "origin", "condition"
    ),
    "funding_rules": Table(
        models.FundingRule, "program", "category", "percent", "host_pays", "condition"
    ),
    "quotas": Table(models.Quota, "code"),
}
"""Each table's model and natural key, in the order in which rows need each other."""
OF_THE_PROGRAM = ("rules", "goals", "intakes", "funding_rules")
"""Tables whose rows are the program's without saying so."""
BAD_CELL = (ValueError, KeyError, LookupError, InvalidOperation)


@transactions.verb
def load(folder, *, by, now, owner=None):
    """Write a folder's program with all that hangs on it; return the program.

    Parameters
    ----------
    folder: from ``find`` or ``read``. by: who answers for it, and may manage programs.
    owner: the institution whose program it is to be; else the one that it names.

    Raises
    ------
    Refusal: the program is there already, or a row cannot be taken, with its place.
    """
    if by is not SYSTEM and not coordinates(by):
        raise forbidden(_("Only who manages programs may load one."))
    if unknown := sorted(folder.content.keys() - SHARED.keys() - OWN.keys()):
        raise _refused(folder, unknown[0], 0, _("there is no such table"))
    code = folder.rows("programs")[0]["code"]
    if models.Program.objects.filter(code=code).exists():
        raise Refusal(
            "program-exists",
            _("The program “%(code)s” is there already; change it on the desk.")
            % {"code": code},
            kind=RefusalKind.CONFLICT,
        )
    keys = tables.Keys()
    with transactions.atomic():
        for name, table in SHARED.items():
            _write(folder, name, table, folder.rows(name), keys)
        for name, table in OWN.items():
            rows = folder.rows(name)
            if name in OF_THE_PROGRAM:
                rows = [{"program": code} | row for row in rows]
            if name == "programs" and owner is not None:
                rows = [row | {"owner": owner.code} for row in rows]
            if name == "rules":
                rows = [{"position": str(n)} | row for n, row in enumerate(rows, 1)]
            _write(folder, name, table, rows, keys)
        program = models.Program.objects.get(code=code)
        audit.record(
            by=by,
            action=AuditAction.PROGRAMS_LOAD,
            obj=program,
            data={"folder": folder.name},
            now=now,
        )
    return program


def _write(folder, name, table, rows, keys):
    known = _known(table) if name in SHARED else ()
    many = (field.name for field in table.model._meta.many_to_many)
    always, new = (*table.key, *many), []
    for number, row in enumerate(rows, start=1):
        row = dict.fromkeys(always, "") | row
        try:
            if _key(table, row, keys) not in known:
                _check(table, row, keys)
                new.append(row)
        except Refusal as refusal:
            raise _refused(folder, name, number, refusal) from refusal
        except ValidationError as error:
            why = _in_words(error, table.model)
            raise _refused(folder, name, number, why) from error
        except BAD_CELL as error:
            why = error.args[0] if error.args else type(error).__name__
            raise _refused(folder, name, number, why) from error
    if new:
        table.insert(new, keys)


def _key(table, row, keys):
    values = table.values({name: row[name] for name in table.key}, keys)
    return tuple(values.values())


def _known(table):
    """Return the keys of the rows there are."""
    columns = [table.fields[name].attname for name in table.key]
    return set(table.model._base_manager.values_list(*columns))


def _check(table, row, keys):
    """Refuse a row as its form would; put its condition into the usual form."""
    made, _many = table.build(row, keys)
    if hasattr(made, "condition"):
        for refusal in conditions.of_row(made):
            raise refusal
        row["condition"] = made.condition
    made.full_clean()


def _in_words(error, model):
    """Say what is wrong with each field, and what a closed list allows there."""
    told = []
    for field, messages in error.message_dict.items():
        text = f"{field}: {' '.join(messages)}"
        choices = (
            [] if field == NON_FIELD_ERRORS else model._meta.get_field(field).choices
        )
        if choices:
            values = ", ".join(str(value) for value, _label in choices if value)
            text += " " + _("There are: %(values)s.") % {"values": values}
        told.append(text)
    return "; ".join(told)


def _refused(folder, table, number, why):
    return Refusal(
        "regulation-row",
        _("%(folder)s, [[%(table)s]] %(number)d: %(why)s")
        % {"folder": folder.name, "table": table, "number": number, "why": why},
    )
