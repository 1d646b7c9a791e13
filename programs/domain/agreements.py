"""Agreements: proposed, put in force, ended; and how much of their caps is used."""

from collections import defaultdict
from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import AgreementState, CostFormula
from programs.costing import calendar
from programs.days import day_of
from programs.models import DAY_AFTER, FIRST_DAY, Agreement, Placement
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import (
    audit,
    checks,
    claims,
    events,
    notices,
    slots as slot_verbs,
    states,
    transactions,
)
from .actors import SYSTEM, forbidden, is_administrator


class Use(NamedTuple):
    """What the places of one calendar year take of an agreement's caps."""

    people: int
    person_months: Fraction


@transactions.verb
def note_signed(*, code, title, parties, valid_from, valid_to, slots, by, now):
    """Add an agreement that all parties have signed, and let slots rest on it.

    Parameters
    ----------
    slots: those of the parties that are to rest on it.

    Raises
    ------
    Refusal: the actor coordinates for none of the parties, there is one with this
        code, or its days are the wrong way round.
    """
    row = Agreement(code=code, title=title, valid_from=valid_from, valid_to=valid_to)
    with transactions.atomic():
        checks.save(row)
        row.parties.set(parties)
        audit.record(by=by, action=AuditAction.DESK_ADD, obj=row, now=now)
        _move(row, AgreementState.PROPOSED, by, now)
        _move(row, AgreementState.IN_FORCE, by, now)
        entries = []
        for slot in slots.select_related("intake__program"):
            slot.agreement = row
            entries.append(slot_verbs.Entry(slot, ("agreement",)))
        slot_verbs.change_many(entries=entries, by=by, now=now)
    return row


@transactions.verb
def propose(*, agreement, by, now):
    """Send a draft to the other parties."""
    return _move(agreement, AgreementState.PROPOSED, by, now)


@transactions.verb
def put_in_force(*, agreement, by, now):
    """Note that all parties have signed; two of them at least."""
    if agreement.parties.count() < 2:
        raise Refusal(
            "parties-missing",
            _("An agreement has at least two parties."),
            kind=RefusalKind.CONFLICT,
            field="parties",
        )
    return _move(agreement, AgreementState.IN_FORCE, by, now)


@transactions.verb
def terminate(*, agreement, by, now):
    """End an agreement early; places that rest on it keep their stay."""
    return _move(agreement, AgreementState.TERMINATED, by, now)


def expire_due(*, agreements, now, by=SYSTEM):
    """Expire those of the agreements whose last day is over, and return them."""
    due = agreements.filter(
        state=AgreementState.IN_FORCE, valid_to__lte=day_of(now)
    ).order_by("code")
    return [_move(row, AgreementState.EXPIRED, by, now) for row in due]


def use_by_year(agreements):
    """Return {(agreement id, calendar year): Use} of the places that stand.

    A person counts in the year the stay begins; months in the year they begin in.
    """
    people, months = defaultdict(int), defaultdict(Fraction)
    rows = Placement.objects.live().filter(agreement__in=agreements.values("pk"))
    for pk, starts_on, ends_on in rows.values_list(
        "agreement_id", FIRST_DAY, DAY_AFTER
    ):
        people[pk, starts_on.year] += 1
        due = calendar.shares(CostFormula.PER_MONTH, starts_on, ends_on)
        for year, often in due.items():
            months[pk, year] += often
    return {key: Use(people[key], months[key]) for key in {*people, *months}}


def _move(agreement, to, by, now):
    _require_party(agreement, by)
    with transactions.atomic():
        claims.claim(agreements=[agreement.pk])
        left = states.move(agreement, to)
        audit.record(
            by=by,
            action=notices.ACTIONS["agreement"][to],
            obj=agreement,
            data={"from": left, "to": to},
            now=now,
        )
        events.emit(
            kind=notices.EVENTS["agreement"][to],
            obj=agreement,
            institutions=agreement.parties.values_list("pk", flat=True),
            now=now,
        )
    return agreement


def _require_party(agreement, by):
    """Refuse anybody but coordinators of a party."""
    if by is SYSTEM or is_administrator(by):
        return
    own = by.institution_ids() if by.allows(Permission.MANAGE_PROGRAMS) else []
    if not agreement.parties.filter(pk__in=own).exists():
        raise forbidden(_("Only coordinators of a party may do this."))
