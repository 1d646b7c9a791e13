"""How far a place is from home: capitals on the globe, neighbours, and who knows."""

from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings
from django.utils import translation

from programs import reference
from programs.conditions import read, sentence
from programs.conditions.gaps import gaps
from programs.conditions.known import Known
from programs.conditions.provinces import Provinces, great_circle
from programs.models import Application, ProvinceCapital
from tests import factories

from .answers import CASE, answer

pytestmark = pytest.mark.django_db
ABROAD = replace(CASE, province=None)
FURTHER = replace(CASE, province="35")
QUARTER = 10_008  # km of a meridian from the equator to a pole, at the mean radius


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((0, 0), (1, 0), 111),
        ((0, 0), (90, 0), QUARTER),
        ((0, 0), (0, 180), 2 * QUARTER - 1),
        ((60, 0), (60, 90), 4605),  # 2 R asin(cos 60° sin 45°)
        ((-6.9, 107.58), (-6.9, 107.58), 0),
        ((5.52, 95.42), (-8.52, 140.42), 5228),  # Banda Aceh to Merauke
    ],
)
def test_distances_go_along_great_circles(one, other, km):
    assert great_circle(np.array(one), np.array(other)) == km
    assert great_circle(np.array([other, other]), np.array(one)).tolist() == [km, km]


def test_each_of_the_provinces_has_a_capital_and_neighbours_that_name_it():
    reference.load(settings.BASE_DIR / "fixtures" / "reference")
    capitals = ProvinceCapital.objects.prefetch_related("neighbours")
    named = {row.pk: {each.pk for each in row.neighbours.all()} for row in capitals}
    assert len(named) == 38
    for code, neighbours in named.items():
        assert neighbours
        assert code not in neighbours
        assert all(code in named[other] for other in neighbours)
    levels = capitals.values_list("province__level", "neighbours__level").distinct()
    assert set(levels) == {("province", "province")}
    near = Provinces.read()
    for code, (latitude, longitude) in near.at.items():
        assert -11 < latitude < 6
        assert 95 < longitude < 141
        km, known = near.distances(sorted(named[code]), code)
        # The longest way to a neighbour: over the sea from Lombok to Timor.
        assert known[:-1].all()
        assert 40 < km[:-1].min() <= km[:-1].max() < 900


def test_what_is_read_of_provinces_takes_two_queries(django_assert_num_queries):
    factories.java()
    with django_assert_num_queries(2):
        near = Provinces.read()
    homes = ["32", "33", "35", "53"]
    assert near.distances(homes, "35")[0].tolist() == [577, 270, 0, 0, 0]
    assert near.distances(homes, "35")[1].tolist() == [True, True, True, False, False]
    assert near.ranks(homes, "35")[0].tolist() == [2, 1, 0, 2, 2]
    assert not near.distances(homes, None)[1].any()
    assert not near.ranks(homes, None)[1].any()


def test_a_neighbour_is_one_from_either_side():
    java = factories.java()
    java["32"].capital.neighbours.clear()
    assert Provinces.read().ranks(["32"], "33")[0][0] == 1


@pytest.mark.parametrize(
    ("text", "case", "expected"),
    [
        ("distance <= 309 km", CASE, "yes"),
        ("distance < 309", CASE, "no"),
        ("distance > 500 km", FURTHER, "yes"),
        ("nearness = neighbour", CASE, "yes"),
        ("nearness in (own, neighbour)", CASE, "yes"),
        ("nearness != neighbour", CASE, "no"),
        ("nearness = farther", FURTHER, "yes"),
        ("nearness not in (own, neighbour)", FURTHER, "yes"),
        ("distance = 0 and nearness = own", replace(CASE, province="32"), "yes"),
        ("distance > 0 km", ABROAD, "unknown"),
        ("not nearness = own", ABROAD, "unknown"),
    ],
)
def test_at_the_limits(person, text, case, expected):
    factories.java()
    assert answer(text, case) == expected


def test_the_own_province_is_known_without_a_map_and_no_other_is(person):
    here = replace(CASE, province="32")
    assert answer("distance = 0 and nearness = own", here) == "yes"
    assert answer("nearness = farther or distance > 1", CASE) == "unknown"


def test_nothing_is_known_of_who_has_no_home(person):
    factories.java()
    person.province = None
    person.save()
    assert answer("nearness = farther or distance > 1") == "unknown"


FAR = (
    "distance from the capital of the home province to that of the place's at most "
    "500 km (here: 577 km)"
)
JAUH = (
    "jarak dari ibu kota provinsi asal ke ibu kota provinsi penempatan maksimal 500 km "
    "(di sini: 577 km)"
)
NEAR = (
    "nearness of the place to home: own province or neighbouring province (here: "
    "farther away)"
)
DEKAT = (
    "kedekatan penempatan dengan asal: provinsi sendiri atau provinsi tetangga (di "
    "sini: lebih jauh)"
)


@pytest.mark.parametrize(
    ("text", "english", "indonesian"),
    [
        ("distance <= 500 km", FAR, JAUH),
        ("nearness in (own, neighbour)", NEAR, DEKAT),
    ],
)
def test_a_reason_says_how_far_it_is(person, text, english, indonesian):
    factories.java()
    node = read(text).node
    (gap,) = gaps(Known(Application.objects.all(), [node]), node, FURTHER, 0)
    assert gap.is_closed
    for language, expected in (("en", english), ("id", indonesian)):
        with translation.override(language):
            assert sentence(gap.needed, held=gap.held) == expected
