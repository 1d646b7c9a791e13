"""A base table brought as a file shares places out by exact fractions."""

from fractions import Fraction

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from planner.allocation.problem.constraints import quotas as counting
from programs.domain import quota_tables
from programs.models import AuditEvent, Quota
from programs.refusals import Refusal
from tests import factories
from tests.planner.allocation.worlds import NOW, places
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db
HEADER = "province_kemendagri,people\n"


@pytest.fixture
def provinces():
    """Two provinces and a third."""
    return [
        factories.region.make(
            kemendagri_code=code, bps_code=code, iso_3166_2=f"ID-{code}", name=name
        )
        for code, name in (("31", "Jakarta"), ("33", "Jateng"), ("34", "Yogya"))
    ]


@pytest.fixture
def by(client, world):
    coordinator = factories.coordinator(of=world.program.owner)
    client.force_login(coordinator)
    return coordinator


def sent(world, rows, **more):
    told = "".join(f"{code},{people}\n" for code, people in rows)
    return {
        "intake": world.intake.pk,
        "code": "lulusan",
        "name_en": "Graduates",
        "name_id": "Lulusan",
        "kind": "floor",
        "price": 300,
        "file": SimpleUploadedFile("table.csv", (HEADER + told).encode()),
    } | more


def test_each_row_is_a_quota_of_an_exact_share(client, world, provinces, by):
    rows = [("31", 1), ("33", 1), ("34", 1)]
    answer = client.post(page("desk_shares"), sent(world, rows), follow=True)
    assert "3 quotas share the places out" in text(answer)
    assert "33.33% (1 of 3)" in text(answer)
    made = {quota.code: quota for quota in Quota.objects.all()}
    assert set(made) == {"lulusan-31", "lulusan-33", "lulusan-34"}
    one = made["lulusan-31"]
    assert one.share == Fraction(1, 3)
    assert one.bounds(3) == (1, None)  # 33.33% of 3 would be short of one
    assert one.bounds(300_000) == (100_000, None)
    hundred, share, whole = counting.row_of(one, 30, (0, 0))
    assert (hundred, share, whole) == (3, 1, 30)
    rows = [("31", 3), ("33", 1)]
    client.post(page("desk_shares"), sent(world, rows))
    shares = dict(Quota.objects.values_list("code", "base_part"))
    assert shares == {"lulusan-31": 3, "lulusan-33": 1}
    assert Quota.objects.get(code="lulusan-31").pk == one.pk
    trail = AuditEvent.objects.filter(object_type="quota")
    actions = list(trail.order_by("sequence").values_list("action", flat=True))
    assert actions == ["desk.add"] * 3 + ["desk.change"] * 2 + ["desk.delete"]


def test_a_plan_keeps_to_the_table(world, provinces, by, inline, plan):
    slot = world.slot(seats=3)
    for at, merit in enumerate((90, 89, 88, 20, 10)):
        province = provinces[0] if at < 3 else provinces[at - 2]
        world.person(slot, merit=merit, who={"province": province})
    quota_tables.bring(
        code="g", name_en="G", name_id="G", intake=world.intake, kind="floor",
        rows=[(each, 7) for each in provinces], price=1, is_hard=True, by=by, now=NOW,
    )  # fmt: skip
    run = plan()
    chosen = world.intake.applications.filter(pk__in=places(run))
    assert {a.participant.province for a in chosen} == set(provinces)
    limits = run.prices.filter(kind="quota")
    assert {(each.lower, each.use) for each in limits} == {(1, 1)}


def test_what_is_wrong_is_told_with_its_row(client, world, provinces, by):
    address = page("desk_shares")
    for rows, told in (
        ([("31", "many")], "row 2, people: expected"),
        ([("99", 1)], "row 2, province_kemendagri"),
        ([("31", 1), ("31", 2)], "names a province twice: Jakarta"),
        ([("31", 0)], "its sum is 0"),
        ([], "no rows"),
    ):
        answer = text(client.post(address, sent(world, rows)))
        assert told in answer, answer
    factories.quota.make(code="lulusan-31")
    answer = text(client.post(address, sent(world, [("31", 1)])))
    assert "There is a quota “lulusan-31” already" in answer
    assert Quota.objects.count() == 1


def test_a_share_that_is_written_by_hand_leaves_the_table(client, world, provinces, by):
    client.post(page("desk_shares"), sent(world, [("31", 1), ("33", 2)]))
    quota = Quota.objects.get(code="lulusan-31")
    quota.set_value(quota.value)
    assert quota.share == Fraction(1, 3)
    quota.set_value(quota.value + 1)
    assert quota.share == Fraction(quota.value) / 100


def test_who_runs_no_program_brings_nothing(client, world, provinces):
    client.force_login(factories.partner(of=world.slot().host))
    assert client.get(page("desk_shares")).status_code == 403
    stranger = factories.coordinator(of=factories.ministry.make())
    with pytest.raises(Refusal, match="Another institution runs"):
        quota_tables.bring(
            code="g", name_en="G", name_id="G", intake=world.intake, kind="cap",
            rows=[(provinces[0], 1)], price=1, is_hard=False, by=stranger, now=NOW,
        )  # fmt: skip
