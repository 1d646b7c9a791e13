"""Languages: by certificates, in the words of their tests, and by citizenship."""

from datetime import date, timedelta

import pytest

from programs.eligibility import text
from tests import factories

from .test_rules import TODAY, says


@pytest.fixture
def japanese(pair):
    """Let the slot ask for A2 in Japanese, by a scale with two bands."""
    factories.language_scale.make(band="N5", cefr="A1")
    factories.language_scale.make(band="N4", cefr="A2")
    pair.set(pair.slot, work_language="ja", min_cefr="A2")
    return pair


def test_language_in_the_words_of_the_test_held(japanese):
    factories.language_certificate.make(participant=japanese.person)
    verdict = japanese.verdict()
    says(
        verdict,
        "language_level",
        "JLPT N5 held, N4 needed by 1 April 2027.",
        "conditional",
    )
    assert verdict.reasons[0].params["held"] == "A1"
    assert verdict.reasons[0].params["needed"] == "A2"


@pytest.mark.parametrize("with_parts", [True, False])
def test_of_bands_of_one_level_the_easiest_is_asked_for(japanese, with_parts):
    """By the tables of 2025 N4 and N3 are both A2, and N4 is the easier one."""
    factories.language_scale.make(band="N3", cefr="A2")
    if with_parts:
        factories.language_scale.make(band="N3", cefr="B1", from_score=104)
    factories.language_scale.make(band="N2", cefr="B1")
    factories.language_certificate.make(participant=japanese.person)
    told = "JLPT N5 held, N4 needed by 1 April 2027."
    says(japanese.verdict(), "language_level", told, "conditional")


def test_of_bands_that_count_upwards_the_lowest_is_asked_for(pair):
    for band, cefr in (("5.0", "B1"), ("5.5", "B2"), ("6.0", "B2"), ("7.0", "C1")):
        factories.language_scale.make(
            test="IELTS", version="2024", language="en", band=band, cefr=cefr
        )
    pair.set(pair.slot, work_language="en", min_cefr="B2")
    told = "No certificate of English held, IELTS 5.5 needed by 1 April 2027."
    says(pair.verdict(), "language_level", told, "conditional")


def test_language_without_any_certificate(japanese):
    says(
        japanese.verdict(),
        "language_level",
        "No certificate of Japanese held, JLPT N4 needed by 1 April 2027.",
        "conditional",
    )


def test_language_level_reached_by_any_valid_certificate(japanese):
    for band, cefr in (("N5", "A1"), ("N4", "A2")):
        factories.language_certificate.make(
            participant=japanese.person, band=band, cefr=cefr
        )
    assert japanese.verdict().placeable


@pytest.mark.parametrize(("held", "fits"), [("zh", True), ("ja", False)])
def test_a_region_makes_no_other_language(pair, held, fits):
    pair.set(pair.slot, work_language="zh-TW", min_cefr="A2")
    factories.language_certificate.make(
        participant=pair.person, test="HSK", band="4", language=held, cefr="B1"
    )
    assert pair.verdict().placeable == fits


def test_a_certificate_that_runs_out_before_the_start(japanese):
    factories.language_certificate.make(
        participant=japanese.person,
        band="N4",
        cefr="A2",
        valid_to=date(2027, 3, 31),
    )
    says(
        japanese.verdict(),
        "language_level",
        "JLPT N4 runs out on 31 March 2027, N4 needed on 1 April 2027.",
        "conditional",
    )


def test_nobody_proves_the_language_of_the_own_country(pair):
    pair.set(pair.slot, work_language="id", min_cefr="C1")
    assert pair.verdict().placeable
    pair.set(pair.person, citizenship=factories.malaysia())
    assert not pair.verdict().placeable


@pytest.mark.parametrize(("language", "fits"), [("en", True), ("", False)])
def test_which_language_that_is_stands_with_the_country(pair, language, fits):
    """A country that nobody told of spares its citizens no test."""
    country = factories.country.make(code="SG", native_language=language)
    pair.set(pair.person, citizenship=country)
    pair.set(pair.slot, work_language="en-GB", min_cefr="B2")
    assert pair.verdict().placeable == fits


@pytest.mark.parametrize(
    ("result_days", "told"),
    [
        (60, "The last JLPT with results in time is on 31 January 2027 (1 April 2027)"),
        (
            61,
            (
                "No JLPT gives its results in time: the next is on 31 January 2027, "
                "with results on 2 April 2027"
            ),
        ),
    ],
)
def test_who_lacks_a_certificate_is_told_the_last_sitting(japanese, result_days, told):
    sitting = factories.exam_sitting.make
    sitting(held_on=TODAY - timedelta(days=1), result_days=1)
    sitting(held_on=date(2027, 1, 31), result_days=result_days)
    sitting(held_on=date(2027, 2, 1), result_days=result_days)
    sitting(test="NAT-TEST", held_on=date(2027, 2, 2), result_days=1)
    (reason,) = japanese.verdict().reasons
    assert text(reason) == (
        f"No certificate of Japanese held, JLPT N4 needed by 1 April 2027. {told}."
    )
    assert reason.earliest == date(2027, 1, 31) + timedelta(days=result_days)


def test_the_last_of_several_sittings_with_results_in_time_is_told(japanese):
    factories.language_certificate.make(participant=japanese.person, band="N5")
    factories.exam_sitting.make(held_on=TODAY, result_days=10)
    factories.exam_sitting.make(held_on=date(2027, 3, 1), result_days=10)
    (reason,) = japanese.verdict().reasons
    assert "is on 1 March 2027 (11 March 2027)." in text(reason)
    assert reason.earliest == TODAY + timedelta(days=10)


def test_where_no_sitting_is_known_none_is_told(japanese):
    factories.exam_sitting.make(held_on=date(2026, 12, 6))
    (reason,) = japanese.verdict().reasons
    assert reason.earliest is None
    assert "sitting" not in reason.params
