"""What becomes of the rows of a batch: each is judged, the good ones are written.

The number of questions to the database is the same for one row and for a thousand:
what rows refer to is looked up once, the domain's checks ask once for all, and the good
rows are written by the verb that files use. Where somebody was quicker meanwhile, each
row is tried by itself, so that one does not send the others back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException

from api import exceptions
from api.serializers.nominations import NominationInList
from api.serializers.participants import ParticipantInList
from planner.models import BulkKind
from programs.domain import applications, participants, transactions
from programs.refusals import Refusal, RefusalKind

from . import known

BATCH = 1_000
"""Rows that are looked up, checked and written together."""


@dataclass(frozen=True)
class Outcome:
    """What became of a row: the id of what it made, or a problem.

    Parameters
    ----------
    status: as HTTP says it. made: the id of what it made. problem: problem details.
    """

    status: int
    made: UUID | None = None
    problem: dict[str, Any] | None = None

    @classmethod
    def of(cls, error):
        """Return the outcome of a row that is refused."""
        status, problem = exceptions.told(error)
        return cls(status, problem=problem)


@dataclass(frozen=True)
class Kind:
    """How the rows of a kind are checked and written.

    Parameters
    ----------
    serializer: of one row. known: looks up what rows refer to. entry: makes the
        domain's entry of checked fields. problems, write: the domain's verb for many,
        and its checks. made: what an entry has made.
    """

    serializer: type
    known: Callable
    entry: Callable
    problems: Callable
    write: Callable
    made: Callable


def _person(fields, by):
    own = participants.own_institution(by)
    return participants.new_entry(registered_by_id=own, **fields)


def _nomination(fields, _by):
    return applications.new_entry(**fields)


KINDS = {
    BulkKind.PARTICIPANTS: Kind(
        serializer=ParticipantInList,
        known=known.of_people,
        entry=_person,
        problems=participants.problems,
        write=participants.register_many,
        made=lambda entry: entry.person.pk,
    ),
    BulkKind.NOMINATIONS: Kind(
        serializer=NominationInList,
        known=known.of_nominations,
        entry=_nomination,
        problems=applications.problems,
        write=applications.submit_many,
        made=lambda entry: entry.application.pk,
    ),
}


def take(kind, rows, *, by, now):
    """Judge rows as they were sent and write the good ones; return their outcomes.

    Parameters
    ----------
    kind: a ``BulkKind``. rows: what was sent, at most ``BATCH`` of it.
    by: whoever calls. now: when.
    """
    kind = KINDS[kind]
    fields = _checked(kind, rows, by)
    try:
        with transactions.atomic():
            return _written(kind, fields, by=by, now=now)
    except Refusal:
        return [_by_itself(kind, row, by=by, now=now) for row in rows]


def _checked(kind, rows, by):
    """Return the checked fields of each row, or the outcome of a malformed one."""
    context = {"request": _Asked(by), "known": kind.known(rows, by)}
    serializer = kind.serializer(context=context)
    return [_fields(serializer, row) for row in rows]


def _fields(serializer, row):
    try:
        fields = serializer.run_validation(row)
    except APIException as error:
        return Outcome.of(error)
    fields.pop("idempotency_key", None)
    return fields


def _written(kind, fields, *, by, now):
    """Write the good rows together.

    Raises
    ------
    Refusal: somebody was quicker; nothing was written.
    """
    entries = [
        each if isinstance(each, Outcome) else kind.entry(each, by) for each in fields
    ]
    judged = [entry for entry in entries if not isinstance(entry, Outcome)]
    problems = kind.problems(judged, by=by, now=now)
    refused = {
        id(judged[place]): Outcome.of(refusals[0])
        for place, refusals in problems.items()
    }
    good = [entry for entry in judged if id(entry) not in refused]
    if good:
        kind.write(entries=good, by=by, now=now)
    return [
        entry
        if isinstance(entry, Outcome)
        else refused.get(id(entry)) or Outcome(201, kind.made(entry))
        for entry in entries
    ]


def _by_itself(kind, row, *, by, now):
    """Judge and write one row, which may be refused by itself."""
    [fields] = _checked(kind, [row], by)
    try:
        with transactions.atomic():
            [outcome] = _written(kind, [fields], by=by, now=now)
    except Refusal as refusal:
        outcome = Outcome.of(refusal)
    return outcome


def reused():
    """Return the outcome of a row whose key was used for another row."""
    refusal = Refusal(
        "idempotency-key-reused",
        _("This idempotency_key was used for another row; use a new one."),
        kind=RefusalKind.INVALID,
        field="idempotency_key",
    )
    return Outcome.of(refusal)


@dataclass(frozen=True)
class _Asked:
    """All that serializers ask of a request."""

    user: object
