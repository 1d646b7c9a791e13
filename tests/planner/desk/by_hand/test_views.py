"""A plan made by hand is brought on a page of a run and shown beside its plan."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.planner.desk.reading import page, text

pytestmark = pytest.mark.django_db


def bring(client, run, *rows):
    content = "\n".join(["participant,slot", *rows]).encode()
    upload = SimpleUploadedFile("by-hand.csv", content)
    return text(client.post(page("desk_run_by_hand", run.pk), {"file": upload}))


def test_the_loser_is_named_with_why_and_the_gain_is_stated(as_planner, solved, world):
    told = bring(
        as_planner, solved, f"{world.weak.participant.code},{world.slot_.code}"
    )
    assert "keeps every rule and every hard limit" in told
    assert "point" in told
    assert world.strong.participant.full_name in told
    assert "By hand there is no room for it. Short: seats of" in told


def test_a_row_that_cannot_be_read_is_named(as_planner, solved, world):
    told = bring(as_planner, solved, f"NOBODY,{world.slot_.code}")
    assert "1 row could not be read" in told
    assert f"somebody whom run {solved.number} plans for" in told


def test_a_file_that_is_no_table_is_refused_in_one_sentence(as_planner, solved):
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7")
    address = page("desk_run_by_hand", solved.pk)
    told = text(as_planner.post(address, {"file": upload}))
    assert "This is a PDF" in told
    assert "Person by person" not in told
    assert "This field is required" in text(as_planner.post(address, {}))


def test_the_plan_as_a_file_comes_back_the_same(as_planner, solved):
    address = page("desk_run_by_hand_file", solved.pk, "csv")
    content = as_planner.get(address).content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert sorted(row["slot"] == "" for row in rows) == [False, True]
    upload = SimpleUploadedFile("same.csv", content)
    told = text(as_planner.post(page("desk_run_by_hand", solved.pk), {"file": upload}))
    assert "as many people, points and cost" in told


def test_partners_find_no_such_page(client, solved):
    client.force_login(factories.partner())
    assert client.get(page("desk_run_by_hand", solved.pk)).status_code == 403
    address = page("desk_run_by_hand_file", solved.pk, "csv")
    assert client.get(address).status_code == 403


def test_nobody_s_national_number_is_on_the_page(as_planner, solved, world):
    person = world.weak.participant
    person.nik = "3204125506990001"
    person.save()
    told = bring(
        as_planner, solved, f"{world.weak.participant.code},{world.slot_.code}"
    )
    assert person.full_name in told
    assert person.nik not in told
