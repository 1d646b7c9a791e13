"""Institutions that a coordinator meets: senders in a sheet, hosts of a new program."""

from django.utils.text import slugify
from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import InstitutionKind
from programs.models import Institution
from programs.refusals import Refusal
from programs.roles import Permission

from . import audit, checks, transactions
from .actors import require

KINDS = (
    InstitutionKind.VOCATIONAL_SCHOOL,
    InstitutionKind.POLYTECHNIC,
    InstitutionKind.UNIVERSITY,
    InstitutionKind.TRAINING_CENTRE,
)
"""Kinds that whoever brings people may add; the others are for administrators."""


HOSTS = tuple(
    kind
    for kind in InstitutionKind
    if kind not in (InstitutionKind.MINISTRY, InstitutionKind.FUNDER)
)
"""Kinds that offer places to people."""


@transactions.verb
def add(*, name, kind, by, now, country_id="ID", region=None):
    """Add an institution that people come from, under a code made of its name.

    Parameters
    ----------
    kind: one of ``KINDS``. region: its province, where it is known.

    Raises
    ------
    Refusal: the role does not allow it, the kind is none of these, there is one with
        this code, or the name has no letters to make a code of.
    """
    require(by, Permission.IMPORT_DATA)
    if kind not in KINDS:
        raise Refusal(
            "not-a-sender",
            _(
                "Schools, polytechnics, universities and training centres are added "
                "here; ask an administrator for others."
            ),
            field="kind",
        )
    return _add(name, by, now, kind=kind, country_id=country_id, region=region)


@transactions.verb
def add_host(*, name, kind, country, by, now, city=""):
    """Add an institution that offers places, under a code made of its name.

    Raises
    ------
    Refusal: the role does not allow it, a ministry or a funder hosts nobody, there is
        one with this code, or the name has no letters to make a code of.
    """
    require(by, Permission.MANAGE_PROGRAMS)
    if kind not in HOSTS:
        raise Refusal(
            "not-a-host",
            _("Ministries and funders host nobody; ask an administrator to add one."),
            field="kind",
        )
    return _add(name, by, now, kind=kind, country=country, city=city.strip())


def _add(name, by, now, **fields):
    name = " ".join(name.split())
    institution = Institution(
        code=slugify(name)[:50].strip("-"),
        name=name,
        **fields,
    )
    with transactions.atomic():
        checks.save(institution)
        audit.record(by=by, action=AuditAction.DESK_ADD, obj=institution, now=now)
    return institution
