"""Taking out again what a file brought by mistake, while nothing stands on it.

A wrong sheet makes people who are none. They are not erased like somebody who asks for
it: the rows go, with their history, as if the file had not been written. Whatever else
has come to rest on one of them keeps the whole import.
"""

from collections import Counter

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import ApplicationState
from programs.event_kinds import EventKind
from programs.models import Application, AuditEvent, Participant
from programs.refusals import Refusal, RefusalKind

from . import audit, bulk, claims, events, states, transactions

OWN = {
    Participant: {
        "skillclaim",
        "languagecertificate",
        "availability",
        "education",
        "employment",
        "personfact",
        "personkey",
    },
    Application: {"preference"},
}
"""Rows that are part of one, and stand on nothing else."""
CHANGES = (AuditAction.APPLICATIONS_UPDATE, AuditAction.APPLICATIONS_SET_PREFERENCES)
EARLY = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
)
"""States of an application that nobody has decided about."""


@transactions.verb
def take_out(*, people, applications, others, times, by, now):
    """Delete people and applications that were brought by mistake, all or none.

    Parameters
    ----------
    people, applications, others, times: as ``require_free`` takes them.

    Raises
    ------
    Refusal: something stands on one of them, and how much of what.
    """
    with transactions.atomic():
        claims.claim(people=people)
        require_free(
            people=people, applications=applications, others=others, times=times
        )
        _delete(Application, applications, by, now)
        _delete(Participant, people, by, now)


def require_free(*, people, applications, others, times):
    """Refuse where something stands on rows that are to go.

    Parameters
    ----------
    people, applications: ids of the rows that go.
    others: ids of people and applications that stay but are put back as they were.
    times: when they were brought; a row that changed after that is kept.
    """
    found, gone = Counter(), set(applications)
    for model, ids in ((Application, applications), (Participant, people)):
        found += standing_on(model, ids, gone=gone)
    found += changed_since([*people, *others], [*applications, *others], times)
    if found:
        raise _stands(found)


def standing_on(model, ids, *, gone=frozenset()):
    """Return how many rows of which kind rest on some rows.

    Parameters
    ----------
    gone: a set of ids of applications that go as well.
    """
    found = Counter()
    for some in states.batches(list(ids), bulk.BATCH):
        for other, field in _pointing_at(model):
            rows = other._base_manager.filter(**{f"{field}__in": some})
            if other is Application:
                count = len(set(rows.values_list("pk", flat=True)) - gone)
            else:
                count = rows.count()
            found[str(other._meta.verbose_name_plural)] += count
        if model is Application:
            decided = model._base_manager.filter(pk__in=some).exclude(state__in=EARLY)
            found[_("decisions")] += decided.count()
    return +found


def changed_since(people, applications, times):
    """Return how many rows were changed after they were brought.

    People have a history; of applications the trail knows.
    """
    found = 0
    for some in states.batches(list(people), bulk.BATCH):
        later = Participant.history.filter(id__in=some, history_date__gt=min(times))
        later = later.exclude(history_date__in=times)
        found += later.order_by().values("id").distinct().count()
    for some in states.batches(list(map(str, applications)), bulk.BATCH):
        later = AuditEvent.objects.filter(object_id__in=some, at__gt=min(times))
        later = later.exclude(at__in=times)
        later = later.filter(action__in=CHANGES).order_by()
        found += later.values("object_id").distinct().count()
    return Counter({_("later changes"): found} if found else {})


def _pointing_at(model):
    """Return (model, field) of whatever points at rows of a model, history aside."""
    return [
        (field.related_model, field.field.name)
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created
        and not field.concrete
        and not hasattr(field.related_model, "history_type")
        and field.related_model._meta.model_name not in OWN[model]
    ]


TOLD = {
    Participant: (AuditAction.PARTICIPANTS_REMOVE, EventKind.PARTICIPANT_ERASED),
    Application: (AuditAction.APPLICATIONS_REMOVE, EventKind.APPLICATION_WITHDRAW),
}
"""What the trail and partners read of a row that goes."""


def _delete(model, ids, by, now):
    """Delete rows with their history; the trail and partners are told of each."""
    action, kind = TOLD[model]
    owner = "registered_by_id" if model is Participant else "nominated_by_id"
    for some in states.batches(list(ids), bulk.BATCH):
        rows = list(model._base_manager.filter(pk__in=some).order_by("pk"))
        entries = [(row, None) for row in rows]
        audit.record_many(by=by, action=action, entries=entries, now=now)
        told = [(row, [getattr(row, owner)]) for row in rows]
        events.emit_many(kind=kind, entries=told, now=now)
        model._base_manager.filter(pk__in=some).delete()
        if model is Participant:
            model.history.filter(id__in=some).delete()


def _stands(found):
    told = ", ".join(f"{what}: {count}" for what, count in sorted(found.items()))
    return Refusal(
        "import-stands",
        _(
            "This import cannot be undone any more, since something rests on its rows "
            "(%(what)s). Change or withdraw single rows instead."
        )
        % {"what": told},
        kind=RefusalKind.CONFLICT,
    )
