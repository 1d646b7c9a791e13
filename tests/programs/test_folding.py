"""People are found however their names are written, on both databases alike."""

import pytest
from django.db import connection
from django.urls import reverse

from programs import folding
from programs.models import Participant
from tests import factories

WRITTEN = ["Nur’aini", "NURAINI", "nur'aini", "Nurʼaini", "Nur`Aini"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Éka Ñúñez", "eka nunez"),
        ("Nguyễn", "nguyen"),
        ("Łukasz Øst", "lukasz ost"),
        ("Дмитрий", "дмитрии"),
        ("東京 7", "東京 7"),
        ("e\N{COMBINING ACUTE ACCENT}ka", "eka"),
        ("Straße", "straße"),
        (None, None),
    ],
)
def test_case_marks_and_apostrophes_go_and_the_rest_stays(text, found):
    assert folding.fold(text) == found


@pytest.mark.django_db
def test_the_database_folds_as_python_does():
    every = "".join(map(chr, [*range(32, 0x2100), 0x6771])).replace("\x7f", "")
    sql = "SELECT fold_text(%s)", [every]
    if connection.vendor == "postgresql":
        sql = "SELECT translate(%s, %s, %s)", [every, folding.FROM, folding.TO]
    with connection.cursor() as cursor:
        cursor.execute(*sql)
        assert cursor.fetchone()[0] == folding.fold(every)


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [*WRITTEN, "uraIN"])
def test_a_name_is_found_by_each_way_to_write_it(wanted):
    for name in WRITTEN:
        factories.participant.make(given_name=name)
    factories.participant.make(given_name="Nurhayati")
    rows = Participant.objects.filter(given_name__folds=wanted)
    assert sorted(row.given_name for row in rows) == sorted(WRITTEN)


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["%", "_", "\\", "a%b"])
def test_signs_mean_themselves(sign):
    person = factories.participant.make(given_name=f"x{sign}y")
    factories.participant.make(given_name="xay")
    assert list(Participant.objects.filter(given_name__folds=sign)) == [person]


@pytest.mark.django_db
def test_the_desk_s_search_folds(client):
    client.force_login(factories.administrator())
    person = factories.participant.make(given_name="Nur’aini", family_name="Éka")
    address = reverse("admin:programs_participant_changelist")
    shown = client.get(address, {"q": "NURAINI eka"}).content.decode()
    assert person.code in shown
    assert person.code not in client.get(address, {"q": "nurhayati"}).content.decode()
