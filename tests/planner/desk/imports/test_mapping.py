"""An own sheet on the desk: what it is taken for, mended there, then written."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from planner.imports import execute, request
from programs.models import Application, ImportBatch, Institution, Participant
from programs.transfer import batches
from tests.programs.transfer.conftest import NOW
from tests.programs.transfer.mapping import ugly

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, coordinator, school, monkeypatch):
    """The coordinator's browser, in the days when the intake takes applications."""
    monkeypatch.setattr("programs.clock.now", lambda: NOW)
    coordinator.language = "en"
    coordinator.save()
    client.cookies["django_language"] = "en"
    client.force_login(coordinator)
    return client


def bring(client, content, kind="nominations"):
    file = SimpleUploadedFile("sheet.csv", content)
    client.post(reverse("admin:desk_import"), {"kind": kind, "file": file})
    return ImportBatch.objects.order_by("-created_at").first()


def page_of(client, batch):
    answer = client.get(reverse("admin:desk_import_batch", args=[batch.pk]))
    assert answer.status_code == 200
    return answer


def form_of(page):
    """Return what the mapping's form would post as it stands."""
    text = page.content.decode()
    data = dict(re.findall(r'type="hidden" name="(heading-\d+)" value="([^"]*)"', text))
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        data[name] = (chosen or first)[1]
    return data


def post(client, batch, **data):
    address = reverse("admin:desk_import_batch", args=[batch.pk])
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200
    batch.refresh_from_db()
    return answer


def test_each_column_says_what_it_is_taken_for_and_how_sure(desk):
    batch = bring(desk, ugly.with_unknown_words())
    page = page_of(desk, batch)
    data = form_of(page)
    taken = {
        data[f"heading-{place}"]: data[f"column-{place}"]
        for place in range(13)
        if f"heading-{place}" in data
    }
    assert taken["Asal Sekolah"] == "home_institution"
    assert taken["Catatan"] == ""
    text = page.content.decode()
    assert "sure, 9" in text
    assert "94 rows without a meaning" in text
    assert "6 new rows, 0 changed, 0 unchanged, 94 with errors" in text
    assert "Peserta" in text


def test_a_word_is_chosen_in_the_preview_and_the_rows_are_written(desk):
    batch = bring(desk, ugly.with_unknown_words())
    data = form_of(page_of(desk, batch))
    data[f"word-home_institution-{ugly.UNKNOWN}"] = "poltek-jb"
    page = post(desk, batch, **data, map="1")
    assert "100 new rows" in page.content.decode()
    post(desk, batch, digest=page.context["digest"], take="1")
    assert Participant.objects.count() == Application.objects.count() == 100


def test_a_school_is_added_from_the_preview(desk):
    batch = bring(desk, ugly.with_unknown_words())
    data = form_of(page_of(desk, batch))
    page = post(desk, batch, **data | {"sender_kind": "smk", "add": ugly.UNKNOWN})
    added = Institution.objects.get(code="smk-n-1-batam")
    assert (added.name, added.kind) == (ugly.UNKNOWN, "smk")
    assert "100 new rows" in page.content.decode()


def test_a_cell_is_mended_in_the_preview(desk):
    content = ugly.with_unknown_words().replace(b"01/05/2004", b"31/06/2004", 1)
    batch = bring(desk, content)
    data = form_of(page_of(desk, batch))
    data[f"word-home_institution-{ugly.UNKNOWN}"] = "poltek-jb"
    data["cell-2-birth_date"] = "30/06/2004"
    page = post(desk, batch, **data, map="1")
    assert batch.num_bad == 0
    assert "30/06/2004" in batch.mapping
    post(desk, batch, digest=page.context["digest"], take="1")
    assert "30/06/2004" not in batch.mapping


def test_one_field_cannot_have_two_columns(desk):
    batch = bring(desk, ugly.with_unknown_words())
    data = form_of(page_of(desk, batch))
    data["column-12"] = "given_name"
    page = post(desk, batch, **data, map="1")
    assert "are both taken for “name”" in page.content.decode()
    assert batch.state == "checked"


def test_a_column_that_is_needed_is_asked_for(desk):
    batch = bring(desk, ugly.from_old_excel())
    page = page_of(desk, batch)
    text = page.content.decode()
    assert "Nothing says yet what stands for: field of study (ISCED-F)" in text
    post(desk, batch, **form_of(page) | {"constant-isced_f": "0714"}, map="1")
    assert batch.num_bad == 0


def test_a_nik_is_never_shown_among_the_first_people(desk):
    batch = bring(desk, ugly.from_a_form())
    examples = page_of(desk, batch).content.decode().partition('id="examples"')[2]
    assert "Sari Wulandari" in examples
    assert "3277055705030001" not in examples


def test_somebody_else_s_sheet_is_not_shown_as_it_stands(desk, client, planner):
    batch = bring(desk, ugly.from_a_form())
    client.force_login(planner)
    text = page_of(client, batch).content.decode()
    assert "Sari Wulandari" not in text


def test_parked_rows_are_mended_after_closing(desk, world):
    batch = bring(desk, ugly.with_unknown_words())
    page = page_of(desk, batch)
    post(desk, batch, digest=page.context["digest"], park="1")
    assert batch.rows.count() == 94
    world.state = "closed"
    world.save()
    address = reverse("admin:desk_import_again", args=[batch.pk])
    answer = desk.post(address, {"reason": "The school was entered late."})
    again = (
        ImportBatch.objects.order_by("-created_at", "-pk").exclude(pk=batch.pk).get()
    )
    assert answer.url.endswith(f"{again.pk}/")
    data = form_of(page_of(desk, again))
    data[f"word-home_institution-{ugly.UNKNOWN}"] = "poltek-jb"
    page = post(desk, again, **data, map="1")
    assert "94 new rows" in page.content.decode()
    post(desk, again, digest=page.context["digest"], take="1")
    assert Application.objects.count() == 100
    assert not batch.rows.exists()
    assert "rows to fix" not in desk.get(reverse("admin:index")).content.decode()


def test_without_parked_rows_there_is_nothing_to_bring_again(desk):
    batch = bring(desk, ugly.with_unknown_words())
    address = reverse("admin:desk_import_again", args=[batch.pk])
    answer = desk.post(address, follow=True)
    assert "No rows of this import are parked." in answer.content.decode()


def test_an_import_is_undone_on_its_page(desk):
    batch = bring(desk, ugly.with_unknown_words())
    page = page_of(desk, batch)
    assert "Undo this import" not in page.content.decode()
    post(desk, batch, digest=page.context["digest"], park="1")
    assert "Undo this import" in page_of(desk, batch).content.decode()
    page = post(desk, batch, undo="1")
    assert "This import was undone" in page.content.decode()
    assert not Participant.objects.exists()


def test_a_big_sheet_is_judged_and_judged_anew_in_the_background(desk, monkeypatch):
    monkeypatch.setattr(batches, "BIG_ROWS", 3)
    monkeypatch.setattr(request, "ring", lambda kind, pk: True)
    batch = bring(desk, ugly.with_unknown_words())
    assert batch.state == "reading"
    execute.execute(batch.jobs.get().pk)
    page = page_of(desk, batch)
    assert "94 rows without a meaning" in page.content.decode()
    data = form_of(page)
    data[f"word-home_institution-{ugly.UNKNOWN}"] = "poltek-jb"
    post(desk, batch, **data, map="1")
    assert batch.state == "reading"
    execute.execute(batch.jobs.order_by("-created_at", "-pk").get(state="queued").pk)
    page = page_of(desk, batch)
    assert "100 new rows" in page.content.decode()
    post(desk, batch, digest=page.context["digest"], take="1")
    execute.execute(batch.jobs.get(state="queued").pk)
    assert Application.objects.count() == 100


def test_a_reason_for_late_rows_is_given_in_the_preview(desk, world):
    world.state = "closed"
    world.save()
    batch = bring(desk, ugly.with_unknown_words())
    page = page_of(desk, batch)
    assert "or a reason for late rows" in page.content.decode()
    data = form_of(page) | {"reason": "The school was entered late."}
    data[f"word-home_institution-{ugly.UNKNOWN}"] = "poltek-jb"
    page = post(desk, batch, **data, map="1")
    assert "100 new rows" in page.content.decode()
