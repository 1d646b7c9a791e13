"""What plans call a slot: one name for each, though codes are their hosts' own.

Limits, reasons, scenarios and packs name slots by a text. It is the slot's code for
whoever had the code first, and HOST/CODE for everybody after; it stays as it is, so a
plan of last year still means the same slots. Hosts are never shown it: it would tell
that another one uses a code.
"""

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Coalesce, NullIf

BATCH = 1_000


def at(path=""):
    """Return the name of a slot as a column of a query.

    Parameters
    ----------
    path: to the slot, such as ``slot__`` or ``steps__slot__``; nothing for itself.
    """
    apart = NullIf(f"{path}known_as", Value(""))
    return Coalesce(apart, F(f"{path}code"), output_field=CharField())


NAME, NAME_OF_SLOT = at(), at("slot__")
"""The name of a slot, and of the slot of another row."""


def of_names(names):
    """Return the condition of the slots with these names."""
    names = {name for name in names if name}
    return Q(known_as="", code__in=names) | Q(known_as__in=names)


def give(slots):
    """Give a name to slots whose code another slot is known by; return whether any got.

    Asks the database a number of questions that does not grow within a thousand slots.

    Parameters
    ----------
    slots: new, or with a changed code; unsaved.
    """
    unnamed = [slot for slot in slots if not _is_named(slot)]
    for slot in unnamed:
        slot.known_as = ""
    told = []
    for start in range(0, len(unnamed), BATCH):
        some = unnamed[start : start + BATCH]
        holders = _holders({slot.code for slot in some}, type(some[0]))
        told += [
            slot for slot in some if holders.setdefault(slot.code, slot.pk) != slot.pk
        ]
    if told:
        _tell_apart(told)
    return bool(told)


def insert(slots, write, *, refused):
    """Give names to slots and write them, again where a twin appeared meanwhile.

    Parameters
    ----------
    write: inserts them. refused: the error that it raises where another was quicker.
    """
    give(slots)
    while True:
        try:
            with transaction.atomic():
                return write()
        except refused:
            if not give(slots):
                raise


def _is_named(slot):
    return slot.known_as.rpartition("/")[2] == slot.code


def _holders(codes, model):
    """Return {code: key of the slot that is known by it alone}."""
    rows = model._base_manager.filter(known_as="", code__in=codes)
    return dict(rows.values_list("code", "pk"))


def _tell_apart(slots):
    """Put the hosts' codes before those of the slots."""
    hosts = type(slots[0])._meta.get_field("host").related_model
    rows = hosts._base_manager.filter(pk__in={slot.host_id for slot in slots})
    code_of = dict(rows.values_list("pk", "code"))
    for slot in slots:
        slot.known_as = f"{code_of[slot.host_id]}/{slot.code}"
    names = {slot.known_as for slot in slots}
    rows = type(slots[0])._base_manager.filter(known_as__in=names)
    used = dict(rows.values_list("known_as", "pk"))
    for slot in slots:  # a host that has the code that another had before
        host, number = code_of[slot.host_id], 1
        while used.setdefault(slot.known_as, slot.pk) != slot.pk:
            number += 1
            slot.known_as = f"{host}.{number}/{slot.code}"
