"""Rows are answered as the library would, by readers that are made once."""

import json

import pytest
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

from api.serializers.institutions import InstitutionReference
from api.serializers.intakes import IntakeSerializer
from api.serializers.programs import ProgramSerializer
from api.serializers.reference import CountrySerializer
from api.serializers.rows import Rows
from api.urls import router
from tests import factories

pytestmark = pytest.mark.django_db
OWN_ANSWER = {"me", "event-kinds"}
"""Routes whose answers are no rows of a list."""


def plain(data):
    return json.loads(json.dumps(data, cls=JSONEncoder))


@pytest.mark.parametrize(
    ("serializer", "row"),
    [
        (IntakeSerializer, factories.intake.make),
        (InstitutionReference, factories.institution.make),
        (CountrySerializer, factories.country.make),
        (
            CountrySerializer,
            lambda: factories.transfer_basis.make().country,
        ),
        (
            ProgramSerializer,
            lambda: factories.program_goal.make(program__max_age=None).program,
        ),
    ],
)
def test_a_row_is_what_the_library_makes_of_it(serializer, row):
    row = row()
    own = serializer(row)
    library = serializers.Serializer.to_representation(own, row)
    assert plain(own.data) == plain(library)


def test_only_the_fields_asked_for_are_read():
    own = IntakeSerializer(factories.intake.make(code="A-1"))
    own.chosen = {"code"}
    assert own.data == {"code": "A-1"}


def test_every_list_answers_by_such_readers():
    kinds = {
        prefix: view.serializer_class
        for prefix, view, _name in router.registry
        if prefix not in OWN_ANSWER
    }
    assert {p for p, kind in kinds.items() if not issubclass(kind, Rows)} == set()
