"""Why no plan is possible: which limits clash, what would help, and where."""

from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from planner.models import words
from programs.models import Application, Slot

HIDDEN = ("participant__nik", "participant__disability")


def conflict_of(run, user):
    """Return each limit that clashes: what to do in a sentence, and a link to it.

    People who are pinned are recorded by their application's id; only here, for
    somebody who may see them, they get their names back.
    """
    found = run.summary.get("conflict", [])
    people = _people(found, user)
    slots = _slots(found)
    return [
        {
            "text": words.conflict(relief, _name(relief, people)),
            "link": _link(relief, people, slots),
            "clash": relief.get("clash", 0),
            "enough": relief["by"] is not None,
        }
        for relief in found
    ]


def _people(found, user):
    ids = [relief["limit"] for relief in found if relief["kind"] == "must"]
    ids = [text for text in ids if _is_id(text)]
    rows = Application.objects.visible_to(user).select_related("participant")
    rows = rows.defer(*HIDDEN).in_bulk([UUID(text) for text in ids])
    return {str(pk): application for pk, application in rows.items()}


def _is_id(text):
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _slots(found):
    codes = [relief["limit"].partition(":")[2] for relief in found]
    return dict(Slot.objects.filter(code__in=codes).values_list("code", "pk"))


def _name(relief, people):
    application = people.get(relief["limit"])
    return str(application.participant) if application else None


def _link(relief, people, slots):
    """Return where the limit is mended, or nothing where there is no one place."""
    kind, _colon, key = relief["limit"].partition(":")
    if relief["limit"] in people:
        return reverse("admin:programs_application_pin", args=[relief["limit"]])
    if kind == "seats" and key in slots:
        return reverse("admin:desk_slot", args=[slots[key]])
    tables = {
        "quota": "programs_quota",
        "agreement": "programs_agreement",
        "resource": "programs_sharedresource",
        "budget": "programs_budgetline",
    }
    if kind in tables:
        wanted = urlencode({"q": key.partition(":")[0]})
        return reverse(f"admin:{tables[kind]}_changelist") + f"?{wanted}"
    return ""
