"""What is taken to a meeting says what the pages say, to whom they say it."""

import io

import openpyxl
import pytest

from planner.desk.charts.provinces import TILES, provinces, shade_of
from planner.desk.meeting.context import comparison_of, report_of
from programs.models import AuditEvent, Region
from tests import factories
from tests.planner.allocation.worlds import NOW
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("paper", "begins"), [("pdf", b"%PDF-"), ("xlsx", b"PK")])
def test_a_plan_is_taken_away_and_the_trail_says_so(as_planner, solved, paper, begins):
    answer = as_planner.get(page("desk_run_file", solved.pk, paper))
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    entry = AuditEvent.objects.get(action="desk.export")
    assert entry.data["list"] == f"run-{solved.number}.{paper}"
    assert page("desk_run_file", solved.pk, paper) in text(
        as_planner.get(page("desk_run", solved.pk))
    )


def test_the_figures_are_those_of_the_plan(solved, world):
    report = report_of(solved, world.planner, NOW)
    assert dict(report.figures)["Placed / people"] == "1 / 2"
    seats = next(part for part in report.parts if part.title == "Seats by slot")
    assert seats.rows[0][2:] == [1, 1]
    money = next(part for part in report.parts if part.title.startswith("Money"))
    assert money.rows[0][1:] == [10_000_000, 50_000_000, 40_000_000]
    assert sum(row[3] for row in report.second[-1].rows) == 1
    assert solved.result_digest[:16] in report.foot


def test_two_plans_are_compared_person_by_person(as_planner, solved, plan):
    other = plan()
    report = comparison_of(solved, other, NOW)
    assert report.first[0].rows[0] == ["Placed", 1, 1]
    address = page("desk_compare_file", "pdf")
    both = f"{address}?run={solved.pk}&run={other.pk}"
    assert as_planner.get(both).content.startswith(b"%PDF-")
    assert as_planner.get(f"{address}?run={solved.pk}").status_code == 302
    assert as_planner.get(f"{address}?run=nothing").status_code == 302
    shown = text(as_planner.get(page("desk_compare") + both.partition(".pdf")[2]))
    assert "meeting.xlsx" in shown


def test_strangers_get_none(client, solved):
    client.force_login(factories.coordinator())
    assert client.get(page("desk_run_file", solved.pk, "pdf")).status_code == 404
    client.force_login(factories.partner())
    assert client.get(page("desk_run_file", solved.pk, "pdf")).status_code == 403
    assert client.get(page("desk_compare_file", "pdf")).status_code == 403


def test_the_list_of_people_has_what_a_meeting_asks_for(as_planner, solved, world):
    address = page("desk_run_people_file", solved.pk, "xlsx") + "?outcome=placed"
    book = openpyxl.load_workbook(io.BytesIO(as_planner.get(address).content))
    head, row = list(book.active.iter_rows(values_only=True))
    told = dict(zip(head, row, strict=True))
    person = world.strong.participant
    assert told["Home institution"] == str(person.home_institution)
    assert told["Sex"] == person.get_sex_display()
    assert told["Preference"] == 1
    assert told["Merit"] == 90


def test_the_map_has_every_province_and_its_figures_beside_a_table(
    as_planner, solved, world
):
    shown = text(as_planner.get(page("desk_run_groups", solved.pk)))
    assert shown.count('class="tile') == 38 == len(TILES)
    assert "1/2" in shown


def test_the_tiles_are_the_provinces_of_the_reference_data():
    known = set(Region.objects.provinces().values_list("pk", flat=True))
    assert not known - set(TILES)


@pytest.mark.parametrize(
    ("share", "shade"), [(None, 0), (0, 0), (0.25, 1), (0.5, 2), (0.51, 3), (1, 4)]
)
def test_a_tile_is_darker_the_more_of_its_people_are_placed(share, shade):
    assert shade_of(share) == shade
    row = {"code": "32", "name": "Jawa Barat", "share": share}
    tile = next(t for t in provinces([row])["tiles"] if t["code"] == "32")
    assert tile["shade"] == shade
