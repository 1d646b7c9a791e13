"""Who plays along in the sandbox: a ministry, a host and a sender that do not exist."""

from dataclasses import dataclass
from uuid import UUID

from programs.choices import FundingSourceKind, InstitutionKind, TransferGround
from programs.models import Country, FundingSource, Institution, TransferBasis
from programs.roles import Role, permissions_of

from .realm import HOST

MINISTRY, SENDER = "sandbox-ministry", "sandbox-sender"
FUND = "sandbox-fund"
ACTORS = {
    MINISTRY: ("Kementerian Contoh (sandbox)", InstitutionKind.MINISTRY, "ID"),
    SENDER: ("Politeknik Contoh (sandbox)", InstitutionKind.POLYTECHNIC, "ID"),
    HOST: ("Contoh Semiconductor (sandbox)", InstitutionKind.COMPANY, "MY"),
}
"""Name, kind and country by code. "Contoh" means example."""


@dataclass(frozen=True)
class Coordinator:
    """Whoever runs the programs of the sandbox's ministry."""

    institution_id: UUID
    username = actor = "sandbox"
    pk = None
    is_authenticated = is_active = True
    roles = frozenset({Role.COORDINATOR})

    def allows(self, permission):
        """A coordinator of the sandbox may do what any coordinator may."""
        return permission in permissions_of(self.roles)

    def institution_ids(self, *roles):
        """It works for the ministry, as its coordinator."""
        return [self.institution_id] if not roles or Role.COORDINATOR in roles else []


def coordinator():
    """Return who opens slots in the sandbox."""
    return Coordinator(Institution.objects.get(code=MINISTRY).pk)


def prepare():
    """Put those who play along on the stage; may be repeated."""
    for code, (name, kind, country) in ACTORS.items():
        Institution.objects.get_or_create(
            code=code, defaults={"name": name, "kind": kind, "country_id": country}
        )
    FundingSource.objects.get_or_create(
        code=FUND,
        defaults={"name": "Dana Contoh (sandbox)", "kind": FundingSourceKind.STATE},
    )
    for country in Country.objects.all():
        ground = {"ground": TransferGround.ADEQUATE, "document": "sandbox"}
        TransferBasis.objects.get_or_create(country=country, defaults=ground)


def admit(institution):
    """Return an institution of the live side as the sandbox knows it, under its id.

    Parameters
    ----------
    institution: as it was read on the live side.
    """
    known, _is_new = Institution.objects.update_or_create(
        pk=institution.pk,
        defaults={
            "code": institution.code,
            "name": institution.name,
            "kind": institution.kind,
            "country_id": institution.country_id,
        },
    )
    return known
