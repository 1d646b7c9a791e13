"""Who was erased, kept beside the database, so that a restored backup forgets again.

A backup from before an erasure brings the person back. The list (numbers only) lies in
``DATA_DIR``, is not restored with the database, and whoever is on it and is there again
is erased again by the dispatcher.
"""

import os
import uuid

import structlog
from django.conf import settings

from programs.models import Participant
from programs.refusals import Refusal

from . import personal_data
from .actors import SYSTEM

log = structlog.get_logger(__name__)
NAME = "erased-people.txt"


def repeat(*, now):
    """Write new erasures down, and erase again whom a restored backup brought back."""
    known = remembered()
    erased = Participant.objects.filter(erased_at__isnull=False)
    news = {str(pk) for pk in erased.values_list("pk", flat=True)} - known
    if news:
        _remember(news)
    again = list(came_back(known))
    for person in again:
        try:
            personal_data.erase(participant=person, by=SYSTEM, now=now)
        except Refusal as refusal:
            # Somebody who holds a place in the restored state: a person has to look.
            log.warning("erasure.refused", person=str(person.pk), why=refusal.code)
    return len(again)


def came_back(known=None):
    """Return people who were erased once and are there again."""
    known = remembered() if known is None else known
    rows = Participant.objects.filter(pk__in=known, erased_at__isnull=True)
    return rows.filter(merged_into__isnull=True)


def remembered():
    """Return the ids of everybody who was erased, as text."""
    try:
        lines = (settings.DATA_DIR / NAME).read_text().split()
    except FileNotFoundError:
        return set()
    return {line for line in lines if _is_id(line)}


def _remember(ids):
    """Add to the list, on the disk before anything else happens."""
    with (settings.DATA_DIR / NAME).open("a") as file:
        file.writelines(f"{each}\n" for each in sorted(ids))
        file.flush()
        os.fsync(file.fileno())


def _is_id(text):
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
