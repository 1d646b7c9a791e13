"""Why no plan is possible: which limits clash, what would help, and where."""

from typing import assert_never
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from planner.models import LimitKey, LimitKind, words
from programs.models import Application, LineKey, Slot

HIDDEN = ("participant__nik", "participant__passport", "participant__disability")
MUST = "must"
"""The kind of relief that is about a person or team who must be placed."""


def conflict_of(run, user):
    """Return each limit that clashes: what to do in a sentence, and a link to it.

    People who are pinned are recorded by their application's id; only here, for
    somebody who may see them, they get their names back.
    """
    reliefs = run.summary.get("conflict", [])
    people = _people(reliefs, user)
    slots = _slots(reliefs)
    return [
        {
            "text": words.conflict(relief, _name(relief, people)),
            "link": _link_of_person(relief, people)
            if relief["kind"] == MUST
            else _link_of_limit(LimitKey.parse(relief["limit"]), slots),
            "clash": relief.get("clash", 0),
            "enough": relief["by"] is not None,
        }
        for relief in reliefs
    ]


def _people(reliefs, user):
    ids = [relief["limit"] for relief in reliefs if relief["kind"] == MUST]
    rows = Application.objects.visible_to(user).select_related("participant")
    rows = rows.defer(*HIDDEN).in_bulk([UUID(text) for text in ids if _is_id(text)])
    return {str(pk): application for pk, application in rows.items()}


def _is_id(text):
    """Return whether it is one person's id; a team has its code."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _slots(reliefs):
    keys = [LimitKey.parse(r["limit"]) for r in reliefs if r["kind"] != MUST]
    codes = [key.code for key in keys if key.kind == LimitKind.SEATS]
    return Slot.objects.named(codes).names()


def _name(relief, people):
    application = people.get(relief["limit"])
    return str(application.participant) if application else None


def _link_of_person(relief, people):
    if relief["limit"] not in people:
        return ""
    return reverse("admin:programs_application_pin", args=[relief["limit"]])


def _link_of_limit(key, slots):
    """Return where the limit is mended, or nothing where there is no one place."""
    match key.kind:
        case LimitKind.SEATS:
            slot = slots.get(key.code)
            return reverse("admin:desk_slot", args=[slot]) if slot else ""
        case LimitKind.QUOTA | LimitKind.VALUE:
            return _table("quota", key.code)
        case LimitKind.GROUP_PIN:
            return _table("grouppin", key.code)
        case LimitKind.AGREEMENT:
            return _table("agreement", key.code)
        case LimitKind.RESOURCE:
            return _table("sharedresource", key.code)
        case LimitKind.ROUTE:
            return _table("immigrationroute", key.code)
        case LimitKind.BUDGET:
            return _table("budgetline", LineKey.parse(key.code).source)
        case LimitKind.RANK:
            return reverse("admin:programs_objectiveprofile_changelist")
        case LimitKind.POOL | LimitKind.OVERLAP | LimitKind.CHANGES:
            return ""
        case unknown:
            assert_never(unknown)


def _table(model, code):
    address = reverse(f"admin:programs_{model}_changelist")
    return f"{address}?{urlencode({'q': code})}"
