"""The register of purposes: what each rests on, and how long data are kept for it.

What a release delivers is a proposal; an administrator settles it with the officer for
data protection.
"""

from django.db import connections

from programs.choices import LegalBasis, Purpose
from programs.models import ProcessingPurpose

YEAR = 365
DELIVERED = {
    Purpose.SELECTION: (LegalBasis.PUBLIC_TASK, "UU 27/2022: 20 (2) e", 5 * YEAR),
    Purpose.STAY: (LegalBasis.CONTRACT, "UU 27/2022: 20 (2) b", 5 * YEAR),
    Purpose.TRANSFER: (LegalBasis.CONTRACT, "UU 27/2022: 20 (2) b, 56", None),
    Purpose.DISABILITY: (LegalBasis.CONSENT, "UU 27/2022: 20 (2) a", 2 * YEAR),
    Purpose.ACCOUNTING: (LegalBasis.LEGAL_OBLIGATION, "UU 27/2022: 20 (2) c", None),
    Purpose.TRAIL: (LegalBasis.LEGAL_OBLIGATION, "UU 27/2022: 20 (2) c, 31", None),
}
"""{purpose: (legal basis, reference, days kept or None)} of a new installation."""


def ensure(using="default", **kwargs):
    """Write the purposes that the register does not have yet (``post_migrate``)."""
    table = ProcessingPurpose._meta.db_table
    if table not in connections[using].introspection.table_names():
        return  # migrated back
    rows = [
        ProcessingPurpose(
            purpose=purpose, legal_basis=basis, reference=reference, keep_days=days
        )
        for purpose, (basis, reference, days) in DELIVERED.items()
    ]
    ProcessingPurpose.objects.using(using).bulk_create(rows, ignore_conflicts=True)


def register():
    """Return {purpose: its row of the register}."""
    return {row.purpose: row for row in ProcessingPurpose.objects.all()}


def rests_on_consent(purpose):
    """Return whether a purpose rests on consent."""
    return bool(ProcessingPurpose.objects.on_consent(purpose))
