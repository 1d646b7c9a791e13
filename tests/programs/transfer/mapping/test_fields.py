"""What people call the columns of files, in both languages."""

import pytest
from django.utils import translation

from programs.transfer import KINDS, fields_of
from programs.transfer.mapping.fields import label_of

SAME = {"NIK", "program"}
"""Words that are Indonesian as well."""


def labels(kind, language):
    with translation.override(language):
        return {
            **{each.name: each.label for each in fields_of(kind).values()},
            **{column.name: label_of(kind, column.name) for column in kind.columns},
        }


@pytest.mark.parametrize("name", KINDS)
def test_every_column_has_a_name_of_its_own_in_both_languages(name):
    english, indonesian = (labels(KINDS[name], language) for language in ("en", "id"))
    for told in (english, indonesian):
        assert len(set(told.values())) == len(told)
    same = {label for column, label in english.items() if label == indonesian[column]}
    assert same <= SAME


@pytest.mark.parametrize("name", KINDS)
def test_what_is_said_of_a_whole_row_and_of_the_reason_has_a_name_too(name):
    with translation.override("id"):
        assert label_of(KINDS[name], "") == ""
        assert label_of(KINDS[name], "reason") == "alasan"


def test_a_code_is_called_after_what_it_is_of():
    with translation.override("en"):
        assert label_of(KINDS["participants"], "code") == "participant's code"
        assert label_of(KINDS["slots"], "code") == "code"
        assert label_of(KINDS["quotas"], "kind") == "direction"
