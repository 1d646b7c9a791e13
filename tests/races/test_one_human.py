"""Institutions that register one human at the same moment register one."""

from datetime import date

import pytest

from programs import transfer
from programs.choices import ImportKind
from programs.domain import applications, mergers, participants
from programs.models import Application, Participant
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.programs.transfer.conftest import as_csv

from .acts import meet
from .test_scarce_things import refusals
from .worlds import user

NIK, PASSPORT = "0011226005010001", "A1234567"
WHILE_OPEN = NOW.replace(month=1, day=10)
TOLD = 'INSERT INTO "programs_auditevent"'


def schools(world):
    """Let somebody be known by the passport alone; two schools know the NIK."""
    world.by = factories.administrator()
    factories.country.make(code="ID", currency="IDR")
    world.schools = [factories.institution.make() for _each in range(3)]
    registering(world, 0, passport=PASSPORT)()


def registering(world, school, **ids):
    """Return a call that registers the human as the API does."""
    home = world.schools[school]

    def register():
        return participants.register(
            by=user(world.by),
            now=NOW,
            registered_by=home,
            home_institution=home,
            code=f"P-{school}",
            given_name="Siti",
            birth_date=date(2001, 5, 20),
            sex="F",
            citizenship_id="ID",
            kkni=6,
            isced_f="0714",
            **ids,
        )

    return register


def by_file(world, school, **ids):
    """Return a call that registers the human by a file that was checked before."""
    code = world.schools[school].code
    row = {
        "code": f"P-{school}",
        "given_name": "Siti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": "ID",
        "home_institution": code,
        "registered_by": code,
        "kkni": "6",
        "isced_f": "0714",
        **ids,
    }
    facts = {"by": world.by, "now": NOW}
    report = transfer.check(
        ImportKind.PARTICIPANTS, as_csv([row]), filename="p.csv", **facts
    )
    assert not report.bad, [each.problems for each in report.bad]

    def take():
        return transfer.apply(
            report.batch, digest=report.digest, by=user(world.by), now=NOW
        )

    return take


def registered_twice(world):
    """One human of two schools, joined by an officer, and an intake that is open."""
    world.by = factories.administrator()
    slot = factories.slot.make()
    world.open = slot.intake
    world.kept, world.gone = (factories.participant.make() for _each in "ab")
    Participant.objects.filter(pk__in=[world.kept.pk, world.gone.pk]).update(
        joined="j" * 32, home_institution=world.kept.home_institution
    )


def merging(world):
    """Return a call that merges the two registrations."""

    def merge():
        return mergers.merge(
            kept=world.kept,
            gone=world.gone,
            choices={},
            is_agreed=True,
            by=user(world.by),
            reason="one card",
            now=NOW,
        )

    return merge


def nominating(world):
    """Return a call that nominates the one that ends."""

    def nominate():
        gone = Participant.objects.get(pk=world.gone.pk)
        now = WHILE_OPEN
        return applications.submit(
            participant=gone, intake=world.open, by=user(world.by), now=now
        )

    return nominate


@pytest.mark.parametrize("merger_is_first", [True, False])
def test_who_is_merged_is_nominated_before_or_not_at_all(prepare, merger_is_first):
    world = prepare(registered_twice)
    acts = merging(world), nominating(world)
    first, second = acts if merger_is_first else acts[::-1]
    one, other = meet(first, before=TOLD, second=second)
    told = ["merged"] if merger_is_first else []
    assert refusals(one, other) == told
    own = Application.objects.filter(intake=world.open)
    of_whom = list(own.values_list("participant", flat=True))
    assert of_whom == ([] if merger_is_first else [world.kept.pk])
    assert Participant.objects.get(pk=world.gone.pk).merged_into == world.kept


@pytest.mark.parametrize("file_is_first", [True, False])
def test_a_chain_that_closes_at_once_is_one_human(prepare, file_is_first):
    """One brings the NIK, the other the NIK with a passport that a third has."""
    world = prepare(schools)
    file = by_file(world, 1, nik=NIK)
    bridge = registering(world, 2, nik=NIK, passport=PASSPORT)
    acts = (file, bridge) if file_is_first else (bridge, file)
    one, other = meet(acts[0], before=TOLD, second=acts[1])
    assert refusals(one, other) == []
    assert Participant.objects.filter(code__startswith="P-").count() >= 3
    keys = Participant.objects.exclude(human_key="").values_list("human_key", flat=True)
    assert len(keys) == 3
    assert len(set(keys)) == 1
