"""Last year's intake as a start: itself, its program and its slots, a year on."""

import calendar
import re
from datetime import date

from programs.audit_actions import AuditAction
from programs.choices import IntakeState, SlotState
from programs.models import (
    CostRule,
    FundingRule,
    Quota,
    ResourceUse,
    SkillRequirement,
)

from . import audit, bulk, programs, slots, transactions

DAY = re.compile(r"\b([12][0-9]{3})-([01][0-9])-([0-3][0-9])\b")
YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
LIVING = (SlotState.OPEN, SlotState.PROPOSED)


@transactions.verb
def repeat(*, intake, by, now, as_program=False):
    """Return a new draft of an intake with its slots, all days a year later.

    Slots that were withdrawn are left out; people, placements and pins are not copied.
    Days in conditions move as well. A route that does not last for the new stay is
    left out, so that the page of the intake asks for another.

    Parameters
    ----------
    as_program: make a program of its own, with the costs, payers, quotas, goals and
        rules of the old one; else it is the next intake of the same program.

    Raises
    ------
    Refusal: the actor does not coordinate the program, or a row cannot be taken.
    """
    with transactions.atomic():
        program = intake.program
        if as_program:
            program = _program(program, by, now)
        new = _fresh(intake, state=IntakeState.DRAFT, program=program, **_days(intake))
        programs.create_many(rows=[new], by=by, now=now)
        _parts(Quota, "intake", intake, new, by, now)
        made = _slots(intake, new, by, now)
        _pathways(intake, new, made)
        facts = {"copied_from": str(intake.pk)}
        audit.record(
            by=by, action=AuditAction.INTAKES_COPY, obj=new, data=facts, now=now
        )
    return new


def _program(program, by, now):
    new = _fresh(program)
    new.title_en, new.title_id = (
        next_years(title) for title in (program.title_en, program.title_id)
    )
    new.condition = moved(program.condition)
    programs.create_many(rows=[new], by=by, now=now)
    for goal in program.goals.all():
        _copied(goal, program=new, year=goal.year + 1).save()
    for rule in program.rules.all():
        _copied(rule, program=new).save()
    _parts(CostRule, "program", program, new, by, now)
    _parts(Quota, "program", program, new, by, now)
    for rule in FundingRule.objects.filter(program=program):
        made = _copied(rule, program=new, condition=moved(rule.condition))
        made.save()
        made.sources.set(rule.sources.all())
    return new


def _parts(model, name, old, new, by, now):
    """Copy rows that hang on one; those with a code get one of their own."""
    rows = []
    for row in model.objects.filter(**{name: old}):
        fields = {name: new}
        if hasattr(row, "code"):
            fields["code"] = free_code(model, next_years(row.code), taken=rows)
        if getattr(row, "condition", ""):
            fields["condition"] = moved(row.condition)
        rows.append(_copied(row, **fields))
    bulk.insert(rows, by=by, now=now)
    return rows


def _slots(intake, new, by, now):
    """Return {old slot: new slot}, with what they require, use and cost."""
    made, entries = {}, []
    for slot in intake.slots.filter(state__in=LIVING).select_related("route"):
        row = _copied(slot, intake=new, known_as="", condition=moved(slot.condition))
        row.starts_on, row.ends_on = a_year_on(slot.starts_on), a_year_on(slot.ends_on)
        row.code = free_code(
            type(slot),
            next_years(slot.code),
            taken=[each for each in made.values() if each.host_id == slot.host_id],
            host=slot.host_id,
        )
        if slot.route and not lasts(slot.route, row):
            row.route = None
        made[slot] = row
        entries.append(
            slots.Entry(
                row,
                requirements=_children(SkillRequirement, slot, row),
                resources=_children(ResourceUse, slot, row),
                to=SlotState.OPEN if slot.state == SlotState.OPEN else None,
            )
        )
    slots.propose_many(entries=entries, by=by, now=now)
    for slot, row in made.items():
        _parts(CostRule, "slot", slot, row, by, now)
    return made


def _children(model, slot, row):
    return [_copied(each, slot=row) for each in model.objects.filter(slot=slot)]


def _pathways(intake, new, made):
    for pathway in intake.pathways.prefetch_related("steps__slot"):
        steps = list(pathway.steps.all())
        if not all(step.slot in made for step in steps):
            continue  # a step was withdrawn: there is no such way any more
        row = _fresh(pathway, intake=new)
        row.save()
        for step in steps:
            _copied(step, pathway=row, slot=made[step.slot]).save()


def lasts(route, slot):
    """Return whether an immigration route may be used for the whole stay."""
    starts = route.valid_to is None or route.valid_to > slot.starts_on
    ends = route.stay_until is None or route.stay_until >= slot.ends_on
    return route.valid_from <= slot.starts_on and starts and ends


def _days(intake):
    return {name: a_year_on(getattr(intake, name)) for name in programs.DAYS}


def a_year_on(day):
    """Return the same day of the next year; of 29 February, the 28th."""
    last = calendar.monthrange(day.year + 1, day.month)[1]
    return date(day.year + 1, day.month, min(day.day, last))


def moved(condition):
    """Return a condition with its days a year later."""

    def later(found):
        return a_year_on(date.fromisoformat(found[0])).isoformat()

    return DAY.sub(later, condition)


def next_years(text):
    """Return a title or code with the years in it raised by one."""
    return YEAR.sub(lambda found: str(int(found[1]) + 1), text)


def free_code(model, code, *, taken=(), **within):
    """Return a code that no row of the model has, the one wished for if it is free."""
    longest = model._meta.get_field("code").max_length
    known = model._base_manager.filter(code__startswith=code[: longest - 4], **within)
    used = {*known.values_list("code", flat=True), *(row.code for row in taken)}
    stem, number = code[:longest], 1
    while code in used or len(code) > longest:
        number += 1
        code = f"{stem[: longest - 4]}-{number}"
    return code


def _fresh(row, **fields):
    """Return a copy with a code of its own."""
    code = free_code(type(row), next_years(row.code))
    return _copied(row, code=code, **fields)


def _copied(row, **fields):
    """Return an unsaved row with the fields of another, some of them different."""
    made = type(row)()
    for field in row._meta.concrete_fields:
        if not (field.primary_key or field.generated):
            setattr(made, field.attname, getattr(row, field.attname))
    for name, value in fields.items():
        setattr(made, name, value)
    return made
