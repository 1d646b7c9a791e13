"""A coordinator asks whoever may add what an intake lacks; they add it, or say no."""

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import NeedKind, NeedState
from programs.models import BudgetLine, Need
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, checks, money, states, transactions
from .actors import forbidden, require, runs_program

ANSWERED_BY = {
    NeedKind.BUDGET: Permission.MANAGE_MONEY,
    NeedKind.PAYER: Permission.MANAGE_MONEY,
    NeedKind.ROUTE: Permission.MANAGE_USERS,
}
"""Who may add what is asked for."""


@transactions.verb
def ask(*, intake, kind, by, now, words="", **facts):
    """Ask for what an intake lacks; of a budget once at a time.

    Parameters
    ----------
    facts: of a budget, ``source``, ``fiscal_year`` and the ``amount`` that is wished.

    Raises
    ------
    Refusal: the actor does not coordinate the program, or it is asked for already.
    """
    if not runs_program(by, intake.program):
        raise forbidden(_("Only a coordinator of the program may do this."))
    need = Need(
        intake=intake,
        kind=kind,
        words=words.strip(),
        asked_by=by,
        asked_at=now,
        **facts,
    )
    if kind != NeedKind.BUDGET and not need.words:
        raise Refusal("words-missing", _("Say what is missing."), field="words")
    with transactions.atomic():
        same = intake.needs.filter(
            kind=kind,
            state=NeedState.OPEN,
            source=need.source,
            fiscal_year=need.fiscal_year,
            words=need.words,
        )
        if same.exists():
            raise Refusal(
                "asked-already",
                _("That is asked for already; it waits for an answer."),
                kind=RefusalKind.CONFLICT,
            )
        checks.save(need)
        _note(AuditAction.NEEDS_ASK, need, by, now)
    return need


@transactions.verb
def meet(*, need, by, now, amount=None):
    """Note that it is there now; a budget is added with this amount, or has none."""
    with transactions.atomic():
        _answer(need, NeedState.MET, by, now)
        if need.kind == NeedKind.BUDGET:
            line = BudgetLine(
                source=need.source, fiscal_year=need.fiscal_year, amount=amount
            )
            money.add_many(entries=[money.Entry(line)], by=by, now=now)
        _note(AuditAction.NEEDS_MEET, need, by, now)
    return need


@transactions.verb
def refuse(*, need, answer, by, now):
    """Say why it is not added."""
    if not answer.strip():
        raise Refusal("reason-missing", _("Give a reason."), field="answer")
    with transactions.atomic():
        _answer(need, NeedState.REFUSED, by, now, answer=answer.strip())
        _note(AuditAction.NEEDS_REFUSE, need, by, now)
    return need


def waiting(by):
    """Return the open needs that somebody may answer, the longest waiting first."""
    kinds = [kind for kind, right in ANSWERED_BY.items() if by.allows(right)]
    rows = Need.objects.visible_to(by).filter(kind__in=kinds, state=NeedState.OPEN)
    return rows.order_by("asked_at", "pk")


def _answer(need, to, by, now, **facts):
    """Move an open need on; of two who answer, the second is told."""
    require(by, ANSWERED_BY[need.kind])
    values = {"state": to, "answered_by": by, "answered_at": now, **facts}
    open_ = Need.objects.filter(pk=need.pk, state=NeedState.OPEN)
    if not open_.update(**values):
        raise states.changed_meanwhile()
    for name, value in values.items():
        setattr(need, name, value)


def _note(action, need, by, now):
    audit.record(by=by, action=action, obj=need, data={"kind": need.kind}, now=now)
