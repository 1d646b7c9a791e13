"""Exports open safely, tell no secrets, and come back unchanged."""

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs import models, transfer
from programs.choices import ImportKind
from programs.refusals import Refusal
from programs.transfer.cells import neutralise
from programs.transfer.kinds.applications import CHOICES
from tests import factories

from .conftest import NOW, as_csv, person
from .test_applications import ROW
from .test_policies import GROUP_PIN, PAYER, POINTS, QUOTA, WAIVER
from .test_slots_and_money import BUDGET, COST, SLOT

PAYLOADS = ["=1+1", "+1", "-1", "@A1", "'=1", 'a",=1', "＝1", "x;=1"]


@pytest.fixture
def everything(coordinator, planner, administrator, slot):
    """One row of each kind; return who may export each."""
    users = dict.fromkeys(ImportKind, coordinator) | {
        ImportKind.BUDGETS: planner,
        ImportKind.FEE_WAIVERS: administrator,
        ImportKind.PROFILE_POINTS: administrator,
    }
    factories.objective_profile.make(code="fair")
    rows = {
        ImportKind.PARTICIPANTS: [
            person(family_name=neutralise(payload), code=f"P-{number}", nik="")
            for number, payload in enumerate(PAYLOADS, start=1)
        ],
        ImportKind.APPLICATIONS: [ROW],
        ImportKind.SLOTS: [SLOT],
        ImportKind.COST_RULES: [COST, COST | {"category": "living"}],
        ImportKind.BUDGETS: [BUDGET],
        ImportKind.QUOTAS: [QUOTA, QUOTA | {"code": "men", "sex": "M"}],
        ImportKind.FUNDING_RULES: [PAYER],
        ImportKind.FEE_WAIVERS: [WAIVER],
        ImportKind.PROFILE_POINTS: [POINTS, POINTS | {"code": "more"}],
        ImportKind.GROUP_PINS: [GROUP_PIN, GROUP_PIN | {"code": "b", "slot": "ATP-01"}],
    }
    for kind, given in rows.items():
        by = users[kind]
        report = transfer.check(kind, as_csv(given), filename="x", by=by, now=NOW)
        assert not report.bad, [row.problems for row in report.bad]
        transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)
    return users


FULL = {
    ImportKind.PARTICIPANTS: person(
        province_kemendagri="53",
        province_bps="53",
        regency_kemendagri="53.04",
        registered_by="poltek-jb",
        disability="sensory",
        passport="A1234567",
        education="s1:0714:graduated:2025-08-01:3.42::A:Politeknik Negeri Batam",
        employment="PT Maju:0714:2024-01-01:2026-06-30",
        facts="maths:14.5:2027-01-05:2028-01-04:letter 7",
        sensitive_facts="fit:yes:2027-01-05:2027-07-01:",
    ),
    ImportKind.SLOTS: SLOT
    | {
        "country": "ID",
        "province_kemendagri": "53",
        "province_bps": "53",
        "min_cefr": "B1",
        "min_kkni": "4",
        "isced_fields": "0714",
        "condition": "kkni >= 5 and (sex = F or free)",
        "taught_language": "ja",
        "taught_cefr": "A2",
        "route": "route-1",
        "agreement": "pks-1",
        "state": "open",
        "preferred_skills": "GEN-ELN:1",
        "taught_skills": "GEN-ELN:3",
        "note": "Shifts.",
    },
    ImportKind.APPLICATIONS: ROW
    | {
        "registered_by": "poltek-jb",
        "nominated_by": "poltek-jb",
        "team": "tim-01",
        "carry_over_points": "5",
        "choice_2": "ATP-02",
    },
    ImportKind.COST_RULES: COST
    | {
        "origin_kemendagri": "53",
        "origin_bps": "53",
        "condition": "disability",
        "basis": "sourced",
        "source": "Decree 7",
    },
    ImportKind.BUDGETS: BUDGET | {"category": "tuition"},
    ImportKind.QUOTAS: QUOTA
    | {
        "program": "atp",
        "attribute": "condition",
        "region_list": "3t:2020",
        "province_kemendagri": "53",
        "province_bps": "53",
        "institution": "poltek-jb",
        "institution_kind": "company",
        "host_country": "MY",
        "condition": "sex = F and destination = MY",
        "value": "33.33",
        "base_part": "1",
        "base_whole": "3",
        "is_hard": "yes",
        "price": "700",
    },
    ImportKind.PROFILE_POINTS: POINTS,
    ImportKind.GROUP_PINS: GROUP_PIN
    | {"slot": "", "program": "atp", "until": "2027-06-01"},
    ImportKind.FUNDING_RULES: PAYER | {"host_pays": "yes", "condition": "disability"},
    ImportKind.FEE_WAIVERS: WAIVER
    | {
        "sector": "semiconductor",
        "valid_to": "2030-01-01",
        "condition": "citizenship = ID",
        "basis": "assumed",
        "source": "BP2MI 9/2020",
    },
}
"""A row of each kind, the people before their applications."""
NOT_BESIDE = {"slot", *CHOICES[2:]}
"""Columns that may stay empty: beside the program, and beyond what an intake takes."""


def test_every_column_of_a_file_is_written(coordinator, planner, administrator, slot):
    """Who adds a column and forgets to write it finds the same file changing again."""
    malaysia = models.Country.objects.get(code="MY")
    factories.immigration_route.make(code="route-1", country=malaysia)
    factories.agreement.make(code="pks-1")
    factories.region_list.make(code="3t", version="2020")
    factories.objective_profile.make(code="fair")
    for kind, row in FULL.items():
        by = {
            ImportKind.BUDGETS: planner,
            ImportKind.FEE_WAIVERS: administrator,
            ImportKind.PROFILE_POINTS: administrator,
        }.get(kind, coordinator)
        columns = {column.name for column in transfer.KINDS[kind].columns}
        if kind == ImportKind.GROUP_PINS:  # of one place alone
            columns -= {"intake"}
        assert columns - NOT_BESIDE == {name for name, text in row.items() if text}
        for counted in ("new", "unchanged"):
            content = as_csv([row])
            report = transfer.check(kind, content, filename="x", by=by, now=NOW)
            assert not report.bad, [each.problems for each in report.bad]
            assert report.counts[counted] == 1, kind
            transfer.apply(report.batch, digest=report.digest, by=by, now=NOW)


def export(kind, file_format, by, **options):
    return transfer.export(kind, file_format, by=by, now=NOW, **options)


@pytest.mark.parametrize("file_format", transfer.FORMATS)
def test_an_export_comes_back_unchanged(everything, file_format):
    for kind, by in everything.items():
        report = transfer.inspect(kind, export(kind, file_format, by), by=by, now=NOW)
        assert report.counts["unchanged"] == len(report.rows) > 0, kind


def test_payloads_are_stored_as_typed_and_exported_as_text(everything):
    stored = models.Participant.objects.order_by("code").values_list("family_name")
    assert [name for (name,) in stored] == PAYLOADS
    by = everything[ImportKind.PARTICIPANTS]
    content = export(ImportKind.PARTICIPANTS, "csv", by).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝"))]


def test_workbooks_hold_no_formula_and_numbers_are_numbers(everything):
    for kind, by in everything.items():
        content = export(kind, "xlsx", by)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
        assert "f" not in {cell.data_type for cell in cells}
    amounts = openpyxl.load_workbook(
        io.BytesIO(export(ImportKind.BUDGETS, "xlsx", everything[ImportKind.BUDGETS]))
    ).active
    assert amounts["D2"].value == 1_450_000_000


def test_nik_and_disability_leave_only_knowingly(everything, planner):
    by = everything[ImportKind.PARTICIPANTS]
    plain = export(ImportKind.PARTICIPANTS, "csv", by).decode()
    assert "nik" not in plain
    private = export(ImportKind.PARTICIPANTS, "csv", by, private=True).decode()
    assert '"nik","passport","disability"' in private
    noted = models.AuditEvent.objects.filter(action="transfer.export").first()
    assert noted.data["private"] is True


def test_who_may_not_reveal_may_not_export_private_columns(everything):
    auditor = models.User.objects.create(username="auditor")
    with pytest.raises(Refusal):
        export(ImportKind.PARTICIPANTS, "csv", auditor, private=True)


def test_exports_read_lists_with_a_constant_number_of_queries(everything):
    by = everything[ImportKind.PARTICIPANTS]
    counts = []
    for number in (1, 3):
        rows = models.Participant.objects.filter(
            code__in=[f"P-{n}" for n in range(1, number + 1)]
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            export(ImportKind.PARTICIPANTS, "csv", by, rows=rows)
        counts.append(len(queries))
    assert counts[0] == counts[1]
