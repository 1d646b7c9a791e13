"""What is left of a person outside the person's own rows, and taking it away.

Other rooms add what they keep through ``settings.FORGETTERS``: functions of ``ids`` and
``words`` (a person's rows, and the texts that name the person).
"""

import io
import json
import re
import zipfile

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils.module_loading import import_string

from programs.models import (
    HostRating,
    ImportBatch,
    ImportRow,
    ImportWrite,
    PersonalLink,
    PersonKey,
    Pin,
    Placement,
    Team,
)

GONE = "—"
LEAST_LETTERS = 5
"""Shorter texts would be found in rows that are about others."""


def forget(person):
    """Take away what names the person beside the own rows; call before those go."""
    ids, words = ids_of(person), words_of(person)
    _forget_log(ids, words)
    _forget_files(words)
    _forget_batches([*words, person.birth_date.isoformat()])
    ImportWrite.objects.filter(row_id__in=ids).delete()
    redact(Team, ("name",), words)
    person.rights_requests.update(words="", answer="")
    person.consents.update(evidence=GONE)
    PersonalLink.objects.filter(application__participant=person).delete()
    PersonKey.objects.filter(participant=person).delete()
    for name in settings.FORGETTERS:
        import_string(name)(ids=ids, words=words)


def ids_of(person):
    """Return the ids of the person and of the rows about the person, as text."""
    own = {"application__participant": person}
    rows = [
        person.applications,
        person.skill_claims,
        person.language_certificates,
        person.availabilities,
        HostRating.objects.filter(**own),
        Pin.objects.filter(**own),
        Placement.objects.filter(**own),
    ]
    ids = [str(pk) for each in rows for pk in each.values_list("pk", flat=True)]
    return [str(person.pk), *ids]


def words_of(person):
    """Return the texts that name the person and nobody else."""
    words = {person.nik, person.code, person.email, person.full_name}
    words |= {person.passport or ""}
    words |= {
        f"{row.given_name} {row.family_name}".strip() for row in person.history.all()
    }
    return sorted(word for word in words if len(word) >= LEAST_LETTERS)


def _forget_log(ids, words):
    """Take the names out of the admin's own log; who did something stays."""
    rows = Q(object_id__in=ids)
    for word in words:
        rows |= Q(object_repr__contains=word) | Q(change_message__contains=word)
    LogEntry.objects.filter(rows).update(object_repr=GONE, change_message="")


def _forget_files(words):
    """Delete parked rows and empty waiting files that name the person."""
    held = [row.pk for row in ImportRow.objects.iterator() if holds(row.cells, words)]
    ImportRow.objects.filter(pk__in=held).delete()
    waiting = ImportBatch.objects.waiting().iterator()
    named = [row.pk for row in waiting if holds(text_of(row.content or b""), words)]
    ImportBatch.objects.filter(pk__in=named).empty()


def _forget_batches(words):
    """Take what names the person out of what is kept of every file.

    A summary has the smallest and largest birth date of its file.
    """
    redact(ImportBatch, ("filename", "reason"), words)
    kept = ImportBatch.objects.exclude(summary={}).values_list("pk", "summary")
    named = [pk for pk, summary in kept if holds(json.dumps(summary), words)]
    ImportBatch.objects.filter(pk__in=named).update(summary={})
    mapped = ImportBatch.objects.filter(mapping__isnull=False)
    mapped = mapped.values_list("pk", "mapping")
    named = [pk for pk, mapping in mapped if holds(mapping, words)]
    ImportBatch.objects.filter(pk__in=named).update(mapping=None)


def redact(model, fields, words):
    """Take the words out of texts that people wrote about other things as well.

    Parameters
    ----------
    model: of the rows. fields: its columns of text. words: what names the person.
    """
    if not words:
        return
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    for field in fields:
        named = Q()
        for word in words:
            named |= Q(**{f"{field}__icontains": word})
        rows = model._base_manager.filter(named)
        for pk, text in rows.values_list("pk", field):
            rows.filter(pk=pk).update(**{field: pattern.sub(GONE, text)})


def holds(text, words):
    """Return whether a text names the person."""
    return any(word in text for word in words)


def text_of(content):
    """Return what can be read in an uploaded file; of a workbook, in all its parts."""
    content = bytes(content)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", errors="replace")
