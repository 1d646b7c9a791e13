"""A mapping is kept and given back as it was; what is none is refused in words."""

import pytest

from programs.refusals import Refusal
from programs.transfer import KINDS, fields_of
from programs.transfer.mapping import Mapping

FULL = Mapping(
    columns={"Nama": "given_name", "Ket": ""},
    constants={"citizenship": "ID"},
    values={"sex": {"Pr": "F"}},
    cells={"7": {"birth_date": "2003-05-17"}},
    sure={"Nama": 0.97},
    skip_hidden=True,
)


def test_it_comes_back_as_it_was():
    assert Mapping.from_json(FULL.as_json()) == FULL


@pytest.mark.parametrize("text", ["", "[]", "7", '{"colour": {}}', '{"columns": "x"}'])
def test_what_is_no_mapping_is_refused(text):
    with pytest.raises(Refusal, match="no mapping"):
        Mapping.from_json(text)


def test_a_field_that_does_not_exist_is_named():
    with pytest.raises(Refusal, match="no field “colour”"):
        Mapping(columns={"A": "colour"}).require_fields({"sex": None})


def test_two_columns_for_one_field_are_both_named():
    twice = Mapping(columns={"A": "sex", "B": "sex", "C": ""})
    known = fields_of(KINDS["nominations"])
    with pytest.raises(Refusal, match="“A” and “B” are both taken for “sex”"):
        twice.require_fields(known)
