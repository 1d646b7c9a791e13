"""The small world of files, with a school that the ugly sheets spell in many ways."""

import pytest

from programs import models
from programs.domain import sheet_words
from programs.transfer import KINDS
from programs.transfer.mapping import propose
from tests.factories import institutions as bodies
from tests.programs.transfer.conftest import NOW


@pytest.fixture
def school(slot):
    """A school in the world; return it."""
    models.QualificationLevel.objects.bulk_create(
        models.QualificationLevel(
            kkni=level, aqrf=level, eqf=level, name_en=f"Level {level}"
        )
        for level in (2, 5)
    )
    return bodies.institution.make(
        code="smkn1-cimahi", name="SMK Negeri 1 Cimahi", country_id="ID", kind="smk"
    )


@pytest.fixture
def proposed(school, coordinator):
    """Return a function of a file: what is proposed for it as people who apply."""

    def propose_for(content, kind="nominations"):
        brought = KINDS[kind](coordinator, now=NOW)
        return propose(brought, content, words=sheet_words.known(coordinator))

    return propose_for
