"""Codes are chosen from lists on tables' forms, and kept where a list lacks them."""

import pytest
from django.urls import reverse

from programs.models import Country, LanguageScale, Participant, Program, Slot
from tests import factories

from .test_verbs import _clock, address, filled  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    client.force_login(factories.administrator())
    return client


def lists_of(client, row):
    """Return {name: (options, chosen)} of the lists of a row's form."""
    form = client.get(address(type(row), row)).context["adminform"].form
    found = {}
    for name in form.fields:
        widget, value = form.fields[name].widget, form[name].value()
        if hasattr(widget, "optgroups") and isinstance(value, str):
            groups = widget.optgroups(name, [*widget.format_value(value)])
            options = [each for _name, options, _at in groups for each in options]
            chosen = {each["value"] for each in options if each["selected"]}
            found[name] = {each["value"] for each in options}, chosen - {""}
    return found


def test_languages_and_fields_are_chosen_from_lists(administrator):
    slot = factories.slot.make(
        work_language="ja", isced_fields="0714,0613", taught_language=""
    )
    found = lists_of(administrator, slot)
    assert {"ja", "en", "ko"} <= found["work_language"][0]
    assert found["work_language"][1] == {"ja"}
    assert found["taught_language"][1] == set()
    assert found["isced_fields"][1] == {"0714", "0613"}
    person = factories.application.make(participant__isced_f="0714").participant
    assert lists_of(administrator, person)["isced_f"][1] == {"0714"}


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [
        (lambda: factories.slot.make(work_language="zh-TW"), "work_language", "zh-TW"),
        (lambda: factories.program.make(isced_fields="07"), "isced_fields", "07"),
        (factories.japan, "native_language", "ja"),
    ],
)
def test_a_form_that_is_only_opened_and_saved_changes_no_code(
    administrator, make, name, code
):
    row = make()
    options, chosen = lists_of(administrator, row)[name]
    assert chosen == {code}
    assert code in options
    url = address(type(row), row)
    administrator.post(url, filled(administrator, url))
    row.refresh_from_db()
    assert getattr(row, name) == code


def test_several_fields_are_kept_with_commas(administrator):
    program = factories.program.make(isced_fields="")
    url = address(Program, program)
    sent = filled(administrator, url, isced_fields=["0613", "0714"])
    assert administrator.post(url, sent).status_code == 302
    program.refresh_from_db()
    assert program.isced_fields == "0613,0714"


def test_what_is_no_code_is_still_refused(administrator):
    slot = factories.slot.make()
    url = address(Slot, slot)
    sent = filled(administrator, url, work_language="not a language")
    assert administrator.post(url, sent).status_code == 200
    slot.refresh_from_db()
    assert slot.work_language == "en"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Country, "native_language"),
        (LanguageScale, "language"),
        (Participant, "isced_f"),
        (Slot, "taught_language"),
    ],
)
def test_an_empty_form_has_the_lists_too(administrator, model, name):
    add = reverse(f"admin:programs_{model._meta.model_name}_add")
    page = administrator.get(add)
    assert page.status_code == 200
    assert f'<select name="{name}"' in page.content.decode()
