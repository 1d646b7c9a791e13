"""The audit trail in words: its codes are stable and short, people read sentences."""

from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

DEEDS = {
    "add": _("added on the desk"),
    "append": _("written into the trail"),
    "apply": _("rows of the file written"),
    "cancel": _("cancelled"),
    "change": _("changed"),
    "check": _("file judged, nothing written"),
    "create": _("created"),
    "delete": _("deleted"),
    "disband": _("team dissolved"),
    "discard": _("file thrown away"),
    "erase": _("personal data erased"),
    "export": _("taken away as a file"),
    "export_pack": _("decision pack taken away"),
    "find_by_nik": _("looked for by NIK"),
    "forbid": _("forbidden"),
    "form": _("team formed"),
    "give_up": _("given up after five days of failures"),
    "issue": _("key issued"),
    "judge": _("judged by the rules"),
    "known_elsewhere": _("known to another institution too"),
    "load": _("demo data loaded"),
    "move_up": _("moved up from the reserve list"),
    "offer": _("offered"),
    "pin": _("pinned"),
    "propose": _("proposed"),
    "publish": _("published"),
    "rate": _("rated by the host"),
    "read": _("full record read"),
    "receive": _("file received"),
    "record": _("transcript written"),
    "register": _("registered"),
    "remove": _("removed"),
    "request": _("run asked for"),
    "reveal": _("protected data shown"),
    "revoke": _("key revoked"),
    "rotate": _("secret replaced"),
    "set_preferences": _("wishes changed"),
    "submit": _("handed in"),
    "suggest": _("successor suggested"),
    "update": _("changed"),
    "withdraw": _("withdrawn"),
}
"""What the last part of an action means; anything else is a state of the thing."""


@cache
def model_of(name):
    """Return the model that the trail names so, or None for one that is gone."""
    return next((m for m in apps.get_models() if m._meta.model_name == name), None)


def deed(event):
    """Return what was done, in the reader's language."""
    verb = event.action.rpartition(".")[2]
    if verb in DEEDS:
        return DEEDS[verb]
    try:
        states = dict(model_of(event.object_type)._meta.get_field("state").flatchoices)
    except (AttributeError, FieldDoesNotExist):
        states = {}
    return states.get(verb, verb.replace("_", " "))


def thing(event):
    """Return what kind of thing it was done to, in the reader's language."""
    model = model_of(event.object_type)
    return model._meta.verbose_name if model else event.object_type


def address(event):
    """Return where the thing is read on the desk, or None."""
    model = model_of(event.object_type)
    if model is None:
        return None
    view = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    try:
        return reverse(view, args=[event.object_id])
    except NoReverseMatch:
        return None
