"""Quotas that share places out as a table does: one a province, in exact fractions.

A table says how many people each province has of a base, such as the graduates of a
year. Each row becomes a quota whose share is its number of the sum, not a percentage
that was rounded; bringing the table again changes the same quotas.
"""

from collections import Counter
from decimal import Decimal

from django.utils.text import slugify
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import QuotaAttribute, QuotaKind, QuotaMeasure
from programs.models import Quota
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, checks, claims, transactions
from .actors import forbidden, require, runs_program

LONGEST = 40
"""Letters of a table's code; those of a province come behind it."""


@transactions.verb
def bring(*, code, name_en, name_id, intake, kind, rows, price, is_hard, by, now):
    """Make or change one quota for each row of a base table; return them.

    Quotas of the same table whose provinces are no longer in it go.

    Parameters
    ----------
    code: of the table; each quota is called ``code-province``. name_en, name_id: what
        is shared out. intake: whose places. kind: a ``QuotaKind``.
    rows: [(province, people)] of the base.

    Raises
    ------
    Refusal: the role does not allow it, the table is empty or names a province twice,
    or a quota that is not of this table has one of the codes.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    if not runs_program(by, intake.program):
        raise forbidden(_("Another institution runs this program."))
    kind, code = QuotaKind(kind), slugify(code)[:LONGEST]
    if not code:
        raise Refusal("required", _("Give the table a code."), field="code")
    whole = _whole_of(rows)
    with transactions.atomic():
        claims.claim(intakes=[intake.pk])
        known = {each.code: each for each in Quota.objects.filter(intake=intake)}
        claims.claim(quotas=[each.pk for each in known.values()])
        brought = {}
        for province, people in rows:
            row = known.get(_code(code, province)) or Quota(intake=intake)
            _require_free(row, _code(code, province))
            row.code = _code(code, province)
            row.name_en = f"{name_en}: {province.name}"[:200]
            row.name_id = f"{name_id}: {province.name}"[:200]
            row.attribute, row.province = QuotaAttribute.PROVINCE, province
            row.kind, row.measure = kind, QuotaMeasure.PERCENT
            row.base_part, row.base_whole = people, whole
            row.value = (Decimal(100) * people / whole).quantize(Decimal("0.01"))
            row.price, row.is_hard = price, is_hard
            is_new = row._state.adding
            checks.save(row)
            action = AuditAction.DESK_ADD if is_new else AuditAction.DESK_CHANGE
            audit.record(by=by, action=action, obj=row, now=now)
            brought[row.code] = row
        for row in known.values():
            is_of_table = row.base_whole and row.code == f"{code}-{row.province_id}"
            if is_of_table and row.code not in brought:
                audit.record(by=by, action=AuditAction.DESK_DELETE, obj=row, now=now)
                row.delete()
    return list(brought.values())


def _whole_of(rows):
    """Return the people of a whole table, or refuse one that shares nothing out."""
    counts = Counter(province for province, _people in rows)
    twice = sorted(province.name for province, n in counts.items() if n > 1)
    if twice:
        raise Refusal(
            "listed-twice",
            _("The table names a province twice: %(names)s.")
            % {"names": ", ".join(twice)},
            field="file",
        )
    whole = sum(people for _province, people in rows)
    if not whole:
        raise Refusal(
            "empty-table",
            _("The table has nobody to share places out by: its sum is 0."),
            field="file",
        )
    return whole


def _code(code, province):
    return f"{code}-{province.pk}"


def _require_free(row, code):
    """Refuse to take over a quota of another intake, or one that no table brought."""
    is_ours = not row._state.adding and row.base_whole
    if not is_ours and Quota.objects.filter(code=code).exists():
        raise Refusal(
            "code-taken",
            _("There is a quota “%(code)s” already; give the table another code.")
            % {"code": code},
            kind=RefusalKind.CONFLICT,
            field="code",
        )
