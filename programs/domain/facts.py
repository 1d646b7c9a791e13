"""Facts about people: what may be stated, by whom, and from when on it counts.

A list of somebody who is no officer replaces what nobody has confirmed. What an officer
has stated or confirmed stays, whether the list repeats it, leaves it out or was written
by who cannot read it; a list that says otherwise of the same fact and day is refused.
An officer's list replaces all.
"""

from datetime import date
from typing import assert_never

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import FactKind, FactParty
from programs.conditions.days import shifted
from programs.conditions.grammar import FACT_WORD, NUMBER
from programs.models import PersonFact
from programs.refusals import Refusal, RefusalKind

from . import audit, awaited, bulk, claims, states, transactions
from .actors import coordinates, forbidden

YES, NO = "yes", "no"
WORDS = {"yes": YES, "ya": YES, "true": YES, "no": NO, "tidak": NO, "false": NO}
"""How a truth is written."""


def confirmed(people, *, by):
    """Return {key: row} of the facts of people that somebody may not change.

    Parameters
    ----------
    people: with ids. by: who would write; nothing stands against an officer.
    """
    if coordinates(by):
        return {}
    ids = [person.pk for person in people]
    rows = PersonFact.objects.filter(participant__in=ids).select_related("definition")
    return {_key(row): row for row in rows if is_officers(row)}


def is_officers(fact):
    """Return whether an officer has stated or confirmed a fact."""
    is_stated = fact.definition.stated_by == FactParty.OFFICER
    return is_stated or fact.verified_at is not None


def of_list(rows, *, is_sensitive, by, standing):
    """Yield (line, refusal) of facts; what is sensitive has a list of its own.

    Parameters
    ----------
    rows: unsaved, with their definitions. standing: from ``confirmed``.
    """
    for line, fact in enumerate(rows):
        if fact.definition.is_sensitive != is_sensitive:
            words = _("“%(fact)s” is sensitive and belongs in sensitive_facts.")
            if is_sensitive:
                words = _("“%(fact)s” is not sensitive and belongs in facts.")
            yield line, Refusal("fact-list", words % _named(fact.definition))
            continue
        if old := standing.get(_key(fact)):
            if not repeats(fact, old):
                yield line, is_confirmed(fact.definition)
            continue
        for refusal in of_row(fact, by=by):
            yield line, refusal


def of_row(fact, *, by):
    """Yield refusals of a fact; put its value into the usual form, and add its end.

    Parameters
    ----------
    fact: an unsaved row with its definition. by: who states it.
    """
    definition = fact.definition
    if definition.stated_by == FactParty.OFFICER and not coordinates(by):
        yield forbidden(_("Only an officer may state “%(fact)s”.") % _named(definition))
    value = usual(definition.kind, fact.value)
    if value is None:
        yield Refusal(
            "fact-value",
            _("“%(fact)s” is a %(kind)s; this is none.") % _named(definition),
            field="value",
            fact=definition.code,
        )
        return
    fact.value = value
    fact.valid_to = fact.valid_to or end_of(definition, fact.valid_from)


def repeats(fact, old):
    """Return whether a line says what stands already; what it leaves out is the same.

    Parameters
    ----------
    fact: an unsaved row; its value is put into the usual form. old: the stored one.
    """
    fact.value = usual(old.definition.kind, fact.value) or fact.value
    return (
        fact.value == old.value
        and fact.valid_to in (None, old.valid_to)
        and fact.evidence in ("", old.evidence)
    )


def is_confirmed(definition):
    """Return the refusal of who would change what an officer has confirmed."""
    return Refusal(
        "fact-confirmed",
        _(
            "An officer has confirmed “%(fact)s” of this day; it stays as it is. State "
            "it from another day, or ask an officer."
        )
        % _named(definition),
        field="value",
        kind=RefusalKind.CONFLICT,
        fact=definition.code,
    )


def end_of(definition, day):
    """Return the last day of a fact that is valid from a day, None for none."""
    if not definition.valid_months:
        return None
    end = shifted(day.toordinal(), definition.valid_months, "months")
    return date.fromordinal(int(end) - 1)


def usual(kind, text):
    """Return a value in the one form it is kept in, None where it is none."""
    text = str(text).strip()
    match FactKind(kind):
        case FactKind.NUMBER:
            text = text.replace(",", ".")
            return text if NUMBER.fullmatch(text) else None
        case FactKind.TRUTH:
            return WORDS.get(text.casefold())
        case FactKind.DAY:
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                return None
        case FactKind.CODE:
            return text.lower() if FACT_WORD.fullmatch(text) else None
        case unknown:
            assert_never(unknown)


def replace(lists, *, is_sensitive, by, now):
    """Put new facts in the place of old ones, of what is sensitive or of the rest.

    What is stated again as it was stays verified; what an officer states is verified at
    once, and stays where a list of somebody else leaves it out.

    Parameters
    ----------
    lists: pairs of (person, unsaved rows), or ``None`` for "as they are".
    """
    given = [(person, rows) for person, rows in lists if rows is not None]
    for batch in states.batches(given, bulk.BATCH):
        people = [person.pk for person, _rows in batch]
        stored = PersonFact.objects.filter(
            participant__in=people, definition__is_sensitive=is_sensitive
        )
        before = {_key(row): row for row in stored}
        kept = confirmed([person for person, _rows in batch], by=by)
        stored.exclude(pk__in=[row.pk for row in kept.values()]).delete()
        rows = [row for _person, rows in batch for row in rows if _key(row) not in kept]
        for row in rows:
            _keep(row, before.get(_key(row)))
            if coordinates(by):
                confirm(row, by, now)
        PersonFact.objects.bulk_create(rows)


def _key(row):
    return row.participant_id, row.definition_id, row.valid_from


def _keep(row, old):
    """Keep who confirmed a fact that is stated again as it was."""
    if old and (old.value, old.valid_to) == (row.value, row.valid_to):
        row.verified_at, row.verified_by = old.verified_at, old.verified_by


def confirm(row, by, now):
    """Note who confirmed a fact, unless somebody did already."""
    if row.verified_at is None:
        row.verified_at, row.verified_by = now, by.get_username()


@transactions.verb
def verify(*, fact, by, now):
    """Confirm what somebody has stated about a person, as an officer.

    Raises
    ------
    Refusal: not an officer, or it is confirmed already.
    """
    if not coordinates(by):
        raise forbidden(_("Only an officer confirms what is stated about people."))
    with transactions.atomic():
        claims.claim(people=[fact.participant_id])
        rows = PersonFact.objects.filter(pk=fact.pk, verified_at__isnull=True)
        if not rows.update(verified_at=now, verified_by=by.get_username()):
            raise Refusal(
                "already-verified",
                _("This is confirmed already."),
                kind=RefusalKind.CONFLICT,
            )
        fact.refresh_from_db()
        awaited.look_again([fact.participant_id])
        audit.record(
            by=by,
            action=AuditAction.PARTICIPANTS_VERIFY,
            obj=fact.participant,
            data={"fact": fact.definition.code},
            now=now,
        )
    return fact


def _named(definition):
    return {"fact": definition.name, "kind": definition.get_kind_display()}
