"""The commands about files: what they say, and where they refuse in one line."""

import json

import pytest
from django.core.management import CommandError, call_command

from programs.models import BudgetLine, ImportBatch, Participant
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    """The name of an administrator."""
    return factories.administrator().username


@pytest.fixture
def budgets(tmp_path, by):
    """A file with the one budget line there is."""
    factories.budget_line.make(amount=1_000_000, currency="IDR", category=None)
    file = tmp_path / "budgets.csv"
    call_command("export_rows", "budgets", file, by=by)
    return file


def test_what_is_exported_is_taken_back_unchanged(budgets, by, capsys):
    call_command("import_rows", "budgets", budgets, by=by)
    said = capsys.readouterr().out
    assert "1 rows: 0 new, 0 changed, 1 unchanged, 0 with errors." in said
    assert "Dry run: nothing was written" in said


def test_a_changed_row_is_written_when_told_to(budgets, by, capsys):
    budgets.write_text(budgets.read_text().replace("1000000", "2000000"))
    call_command("import_rows", "budgets", budgets, by=by, apply=True)
    assert "Written." in capsys.readouterr().out
    assert BudgetLine.objects.get().amount == 2_000_000


def test_a_bad_cell_is_named_and_the_command_fails(budgets, by, capsys):
    budgets.write_text(budgets.read_text().replace("1000000", "much"))
    with pytest.raises(SystemExit):
        call_command("import_rows", "budgets", budgets, by=by)
    assert "row 2, amount: “much”, expected" in capsys.readouterr().out


def test_a_template_has_columns_and_no_rows(tmp_path, by):
    file = tmp_path / "empty.csv"
    call_command("export_rows", "budgets", file, by=by, template=True)
    (header,) = file.read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith('"source",')


def test_an_export_that_cannot_be_is_refused(tmp_path, by):
    with pytest.raises(CommandError, match=r"has to end in \.csv or \.xlsx"):
        call_command("export_rows", "budgets", tmp_path / "x.pdf", by=by)
    with pytest.raises(CommandError, match="no active user called nobody"):
        call_command("export_rows", "budgets", tmp_path / "x.csv", by="nobody")


def test_a_file_that_is_not_there_is_told(tmp_path, by):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_rows", "budgets", tmp_path / "none.csv", by=by)


def test_a_demonstration_of_a_size_is_written(tmp_path, capsys):
    call_command("make_demo", people=20, slots=5, output=tmp_path)
    assert str(tmp_path) in capsys.readouterr().out
    assert (tmp_path / "participants.csv").read_text().count("\n") > 20
    with pytest.raises(CommandError, match="at least 1"):
        call_command("make_demo", people=0, output=tmp_path)


def test_reference_data_tell_how_many_rows_are_new(capsys):
    call_command("load_reference", verbosity=2)
    assert "skills.csv: " in capsys.readouterr().out
    call_command("load_reference")
    assert "Reference data: 0 rows added, 0 changed." in capsys.readouterr().out


OWN = """PAGU 2027
Sumber;Tahun;Pagu;Mata uang
{source};2027;1500000;IDR
Jumlah;;1500000
"""


def test_an_own_sheet_is_brought_by_its_mapping(tmp_path, by, capsys):
    source = factories.funding_source.make(code="apbn", name="APBN Pusat")
    sheet, mapping = tmp_path / "own.csv", tmp_path / "mapping.json"
    sheet.write_text(OWN.format(source="APBN Kementrian"))
    with pytest.raises(SystemExit):
        call_command("import_rows", "budgets", sheet, by=by, write_mapping=mapping)
    said = capsys.readouterr().out
    assert "1 × “APBN Kementrian” in source has no meaning" in said
    told = json.loads(mapping.read_text())
    assert told["columns"]["Pagu"] == "amount"
    told["values"] = {"source": {"APBN Kementrian": "apbn"}}
    mapping.write_text(json.dumps(told))
    call_command("import_rows", "budgets", sheet, by=by, mapping=mapping, apply=True)
    assert "Written." in capsys.readouterr().out
    line = BudgetLine.objects.get(source=source)
    assert (line.fiscal_year, line.amount) == (2027, 1_500_000)


def test_a_mapping_that_is_none_is_told(tmp_path, by):
    sheet = tmp_path / "own.csv"
    sheet.write_text(OWN.format(source="apbn"))
    mapping = tmp_path / "m.json"
    mapping.write_text("[]")
    with pytest.raises(CommandError, match="no mapping of a sheet"):
        call_command(
            "import_rows", "budgets", sheet, by=by, mapping=tmp_path / "m.json"
        )


def test_an_import_is_undone_by_its_number(tmp_path, by, capsys):
    factories.country.make(code="ID", currency="IDR")
    school = factories.institution.make(code="smk")
    file = tmp_path / "people.csv"
    file.write_text(
        "code,given_name,birth_date,sex,citizenship,home_institution,kkni,isced_f\n"
        f"P-1,Sari,2003-05-17,F,ID,{school.code},2,0714\n"
    )
    call_command("import_rows", "participants", file, by=by, apply=True)
    (batch,) = ImportBatch.objects.all()
    assert f"Import {batch.pk}" in capsys.readouterr().out
    call_command("undo_import", str(batch.pk), by=by)
    assert "Undone." in capsys.readouterr().out
    assert not Participant.objects.exists()
    with pytest.raises(CommandError, match="nothing to undo"):
        call_command("undo_import", str(batch.pk), by=by)
    with pytest.raises(CommandError, match="There is no import"):
        call_command("undo_import", "00000000-0000-4000-8000-000000000000", by=by)
