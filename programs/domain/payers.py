"""What a program's places cost and who pays, as one table that is written at once."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import slugify
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import CostFormula
from programs.models import CostRule, FundingRule, FundingSource, Program
from programs.refusals import Refusal
from programs.roles import Permission

from . import audit, checks, funding, money, transactions
from .actors import forbidden, require, runs_program

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Share:
    """Who may pay which part of a category: the slot's host, or any of the sources."""

    percent: Decimal
    host_pays: bool = False
    sources: frozenset = frozenset()


@dataclass(frozen=True)
class Cost:
    """A line of the table: what a category costs a person, and how often.

    ``shares`` of None says nothing of who pays; another line of the category may.
    """

    category: str
    amount: Decimal
    currency: str = "IDR"
    formula: str = CostFormula.ONE_OFF
    shares: tuple[Share, ...] | None = None


@transactions.verb
def add(*, name, kind, by, now, institution=None):
    """Add somebody who pays, under a code made of the name.

    Raises
    ------
    Refusal: the money is kept by others, or there is a payer with this code.
    """
    own = kind in money.OWN_MONEY
    require(by, Permission.MANAGE_PROGRAMS if own else Permission.MANAGE_MONEY)
    name = " ".join(name.split())
    source = FundingSource(
        code=slugify(name)[:50].strip("-"),
        name=name,
        kind=kind,
        institution=institution,
    )
    with transactions.atomic():
        checks.save(source)
        audit.record(by=by, action=AuditAction.DESK_ADD, obj=source, now=now)
    return source


@transactions.verb
def set_out(*, program, costs, by, now):
    """Make a program's costs and payers those of a table.

    Costs of single slots and of single provinces, and what is for some only, stay as
    they are: the table does not show them. Lines that are gone are removed; what is
    the same is left alone.

    Raises
    ------
    Refusal: no right to it, a line stands twice, the payers of a category differ from
        line to line or pay more than all of it, or a field is wrong; it names the line.
    """
    if not (by.allows(Permission.MANAGE_MONEY) or runs_program(by, program)):
        raise forbidden(_("Only a coordinator of the program may do this."))
    checks.require(checks.gather(_of_lines(costs)))
    with transactions.atomic():
        _hold(program)
        _write_costs(program, costs, by, now)
        _write_payers(program, costs, by, now)


def _hold(program):
    """Let whoever else writes this table wait until the transaction ends."""
    held = Program.objects.select_for_update(no_key=True).filter(pk=program.pk)
    list(held.values_list("pk"))


def _order(share):
    return share.percent, share.host_pays, sorted(map(str, share.sources))


def of_table(program):
    """Return the cost rules that the table shows: of everybody in all slots."""
    rules = program.cost_rules.filter(origin=None, condition="")
    return rules.order_by("category", "formula")


def _of_lines(costs):
    seen, payers = set(), {}
    for place, cost in enumerate(costs):
        if (cost.category, cost.formula) in seen:
            yield (
                place,
                Refusal("listed-twice", _("A line is listed twice."), field="category"),
            )
        seen.add((cost.category, cost.formula))
        if cost.shares is None:
            continue
        if payers.setdefault(cost.category, cost.shares) != cost.shares:
            yield (
                place,
                Refusal(
                    "payers-differ",
                    _(
                        "A category has the same payers on each of its lines; leave "
                        "them empty on all lines but one."
                    ),
                    field="category",
                ),
            )
        if sum(share.percent for share in cost.shares) > WHOLE:
            yield (
                place,
                Refusal(
                    "over-all",
                    _("The payers of a category pay 100%% of it at most.") % {},
                    field="category",
                ),
            )


def _write_costs(program, costs, by, now):
    known = {(rule.category_id, rule.formula): rule for rule in of_table(program)}
    new, changed = [], []
    for cost in costs:
        rule = known.pop((cost.category, cost.formula), None)
        if rule is None:
            new.append(money.Entry(_rule_of(program, cost)))
            continue
        fields = [
            name
            for name in ("amount", "currency")
            if getattr(rule, name) != getattr(cost, name)
        ]
        for name in fields:
            setattr(rule, name, getattr(cost, name))
        if fields:
            changed.append(money.Entry(rule, tuple(fields)))
    for rule in known.values():
        _remove(rule, by, now)
    money.change_many(entries=changed, by=by, now=now)
    money.add_many(entries=new, by=by, now=now)


def _rule_of(program, cost):
    return CostRule(
        program=program,
        category_id=cost.category,
        formula=cost.formula,
        amount=cost.amount,
        currency=cost.currency,
    )


def _write_payers(program, costs, by, now):
    stored, rules = shares_of(program)
    wanted = {cost.category: cost.shares for cost in costs if cost.shares is not None}
    gone = stored.keys() - {cost.category for cost in costs} - _elsewhere(program)
    for category, shares in (wanted | dict.fromkeys(gone, ())).items():
        if sorted(stored.get(category, ()), key=_order) == sorted(shares, key=_order):
            continue
        for rule in rules.get(category, ()):
            _remove(rule, by, now)
        for share in shares:
            row = FundingRule(
                program=program,
                category_id=category,
                percent=share.percent,
                host_pays=share.host_pays,
            )
            for refusal in funding.of_rule(row):
                raise refusal
            checks.save(row)
            row.sources.set(share.sources)
            audit.record(by=by, action=AuditAction.DESK_ADD, obj=row, now=now)


def shares_of(program):
    """Return ({category: shares}, {category: funding rules}) of those for everybody."""
    shares, rules = {}, {}
    for rule in program.funding_rules.filter(condition="").prefetch_related("sources"):
        sources = frozenset(source.pk for source in rule.sources.all())
        share = Share(rule.percent, rule.host_pays, sources)
        shares.setdefault(rule.category_id, []).append(share)
        rules.setdefault(rule.category_id, []).append(rule)
    return {key: tuple(each) for key, each in shares.items()}, rules


def _elsewhere(program):
    """Return categories that cost something outside of the table: their payers stay."""
    others = CostRule.objects.filter(slot__intake__program=program) | (
        CostRule.objects.filter(program=program).exclude(origin=None, condition="")
    )
    return set(others.order_by().values_list("category_id", flat=True))


def _remove(row, by, now):
    audit.record(by=by, action=AuditAction.DESK_DELETE, obj=row, now=now)
    row.delete()
