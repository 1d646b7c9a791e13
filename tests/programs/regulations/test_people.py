"""Each program lets through who meets its rules, and refuses for the right reason."""

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation

from programs import clock, reference, regulations
from programs.domain.actors import SYSTEM

from .people import judged, of

pytestmark = pytest.mark.django_db
FOLDERS = regulations.found()
BREAKS = [
    (each.name, rule) for each in FOLDERS for rule, *_ in of(each) if rule[0] != "+"
]
JUDGED = {"condition", "field"}
"""What keeps the rules that somebody can break alone."""


@pytest.fixture(scope="module")
def verdicts(django_db_setup, django_db_blocker):
    """What is said of everybody, with all programs loaded."""
    with (
        django_db_blocker.unblock(),
        translation.override("en"),
        transaction.atomic(),
    ):
        reference.load(settings.BASE_DIR / "fixtures" / "reference")
        for folder in FOLDERS:
            regulations.load(folder, by=SYSTEM, now=clock.now())
        found = judged(FOLDERS)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_who_meets_every_rule_passes_and_every_rule_is_broken(folder, verdicts):
    passing = [rule for rule, *_ in of(folder) if rule[0] == "+"]
    assert {rule: verdicts[folder.name, rule] for rule in passing} == dict.fromkeys(
        passing, ("", [])
    )
    named = {row["code"] for row in folder.rows("rules") if row["kept_by"] in JUDGED}
    assert {rule for name, rule in BREAKS if name == folder.name} == named


@pytest.mark.parametrize(("folder", "rule"), BREAKS)
def test_who_breaks_a_rule_reads_that_rule_and_no_other(folder, rule, verdicts):
    says, said = verdicts[folder, rule]
    needed = says if isinstance(says, list) else [says]
    assert all(needed)
    assert len(said) == len(needed), said
    for part, sentence in zip(needed, said, strict=True):
        assert part in sentence
