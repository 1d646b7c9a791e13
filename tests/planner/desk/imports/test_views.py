"""Files on the desk: looked at, confirmed by digest, parked, fetched, exported."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import BudgetLine, ImportBatch
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasurer(client):
    """A planner's browser: planners look after budgets."""
    factories.funding_source.make(code="state")
    client.force_login(factories.planner())
    return client


def bring(client, text, kind="budgets"):
    """Upload a file; return the import, if it was readable."""
    file = SimpleUploadedFile("budgets.csv", text.encode())
    answer = client.post(reverse("admin:desk_import"), {"kind": kind, "file": file})
    return ImportBatch.objects.order_by("-created_at").first(), answer


def shown(client, batch):
    answer = client.get(reverse("admin:desk_import_batch", args=[batch.pk]))
    assert answer.status_code == 200
    return answer


def template_header(client):
    address = reverse("admin:desk_template", args=["budgets", "csv"])
    return client.get(address).content.decode("utf-8-sig").strip()


def rows(client, *amounts):
    """Return a file with one budget line for each amount."""
    names = [name.strip('"') for name in template_header(client).split(",")]
    values = {"source": "state", "currency": "IDR"}
    lines = [",".join(names)]
    for number, given in enumerate(amounts):
        row = values | {"fiscal_year": str(2027 + number), "amount": given}
        lines.append(",".join(row.get(name, "") for name in names))
    return "\n".join(lines)


def test_good_rows_are_written_after_the_confirmation(treasurer):
    batch, _answer = bring(treasurer, rows(treasurer, "1000000", "2000000"))
    page = shown(treasurer, batch)
    assert "2 new rows, 0 changed, 0 unchanged, 0 with errors" in page.content.decode()
    assert not BudgetLine.objects.exists()
    address = reverse("admin:desk_import_batch", args=[batch.pk])
    treasurer.post(address, {"digest": page.context["digest"], "take": "1"})
    assert BudgetLine.objects.count() == 2


def test_bad_rows_are_parked_and_fetched_with_their_errors(treasurer):
    batch, _answer = bring(treasurer, rows(treasurer, "1000000", "plenty"))
    page = shown(treasurer, batch)
    assert "plenty" in page.content.decode()
    address = reverse("admin:desk_import_batch", args=[batch.pk])
    refused = treasurer.post(
        address, {"digest": page.context["digest"], "take": "1"}, follow=True
    )
    assert "1 of 2 rows have errors" in refused.content.decode()
    treasurer.post(address, {"digest": page.context["digest"], "park": "1"})
    assert BudgetLine.objects.count() == 1
    fetched = treasurer.get(reverse("admin:desk_import_parked", args=[batch.pk, "csv"]))
    assert b"plenty" in fetched.content


def test_a_file_of_our_own_form_is_taken_for_nothing_else(treasurer):
    batch, _answer = bring(treasurer, rows(treasurer, "1000000"))
    address = reverse("admin:desk_import_batch", args=[batch.pk])
    answer = treasurer.post(address, {"map": "1"}, follow=True)
    assert "nothing says what they mean" in answer.content.decode()


def test_another_digest_writes_nothing(treasurer):
    batch, _answer = bring(treasurer, rows(treasurer, "1000000"))
    address = reverse("admin:desk_import_batch", args=[batch.pk])
    answer = treasurer.post(address, {"digest": "0" * 64, "take": "1"}, follow=True)
    assert "Check the file again" in answer.content.decode()
    assert not BudgetLine.objects.exists()


def test_a_file_is_thrown_away(treasurer):
    batch, _answer = bring(treasurer, rows(treasurer, "1000000"))
    treasurer.post(
        reverse("admin:desk_import_batch", args=[batch.pk]), {"discard": "1"}
    )
    batch.refresh_from_db()
    assert batch.state == "discarded"


def test_an_unreadable_file_gets_one_sentence(treasurer):
    batch, answer = bring(treasurer, "%PDF-1.7 a table, printed")
    assert batch is None
    assert "This is a PDF" in answer.content.decode()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_rows_go_out_as_files(treasurer, file_format):
    factories.budget_line.make(source__code="fund", fiscal_year=2027)
    answer = treasurer.get(reverse("admin:desk_export", args=["budgets", file_format]))
    assert answer.status_code == 200
    assert f"budgets.{file_format}" in answer.headers["Content-Disposition"]


def test_files_are_their_owners_business(treasurer, client):
    batch, _answer = bring(treasurer, rows(treasurer, "1000000"))
    address = reverse("admin:desk_import_batch", args=[batch.pk])
    client.force_login(factories.coordinator())
    assert client.get(address).status_code == 404
    client.force_login(factories.auditor())
    assert client.get(address).status_code == 403


def test_the_list_costs_the_same_for_more_files_and_opens_none(treasurer):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            answer = treasurer.get(reverse("admin:desk_import"))
        assert answer.status_code == 200
        assert not any('"content"' in query["sql"] for query in seen)
        return len(seen)

    bring(treasurer, rows(treasurer, "1"))
    queries()
    one = queries()
    for amount in (2, 3):
        bring(treasurer, rows(treasurer, str(amount)))
    assert queries() == one
