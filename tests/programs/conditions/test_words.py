"""What a condition asks for, in both languages."""

import pytest
from django.utils import translation
from hypothesis import given

from programs.conditions import read, sentence

from .trees import CONDITIONS


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (
            'kkni >= 6 and (language(ja) >= A2 or completed(program "titp-2"))',
            (
                "KKNI level at least 6 and (Japanese at least A2 or a stay completed "
                "in the program “titp-2”)"
            ),
        ),
        (
            (
                "age on 2027-07-01 <= 24 and not completed(this program) and "
                "days_since(stay in JP) >= 183"
            ),
            (
                "age at most 24 years on 1 July 2027 and no stay completed in this "
                "program and time since the last stay in Japan at least 183 days"
            ),
        ),
        ("not (kkni >= 6 or sex = F)", "KKNI level less than 6 and sex not female"),
        (
            "born >= 1 year before last_day",
            "date of birth on or after the day 1 year before the last day of the stay",
        ),
        (
            'skill("AI-PYT", certificate) >= 2 and not on_list("3t")',
            (
                "skill AI-PYT by certificate or better at least 2 and home region not "
                "on the list “3t”"
            ),
        ),
        (
            "kkni >= 6 and language(ja) >= A2 by 2027-03-01",
            (
                "KKNI level at least 6 and (Japanese at least A2, to be met by 1 March "
                "2027)"
            ),
        ),
        (
            "(sex = F or free) by first_day at 80%",
            (
                "sex female or free for the whole stay, to be met by the first day of "
                "the stay, which 80% are expected to"
            ),
        ),
    ],
)
def test_sentences(text, english):
    assert sentence(read(text).node) == english


@given(CONDITIONS)
def test_every_condition_has_a_sentence_in_both_languages(node):
    english = sentence(node)
    with translation.override("id"):
        indonesian = sentence(node)
    assert english
    assert indonesian != english or english.startswith(("semester ", "maths "))


def test_what_somebody_holds_stands_behind_what_is_needed():
    node = read('kkni >= 6 or score("TOEFL") >= 500').node
    told = sentence(node, held={"kkni >= 6": "5"}, unknown=('score("TOEFL") >= 500',))
    assert told == (
        "KKNI level at least 6 (5 held) or score in TOEFL at least 500 (not known)"
    )


@pytest.mark.parametrize(
    ("text", "held", "english", "indonesian"),
    [
        ("experience >= 3 years", "729", "1 year 11 months", "1 tahun 11 bulan"),
        ("experience >= 3 years", "1000", "2 years 8 months", "2 tahun 8 bulan"),
        ("experience >= 3 years", "20", "20 days", "20 hari"),
        ("experience >= 18 months", "500", "16 months", "16 bulan"),
        ("days_since >= 1095 days", "1000", "1,000 days", "1.000 hari"),
        ("gpa >= 3.25", "2.9", "2.9", "2,9"),
        ("merit != 72.5", "72.5", "72.5", "72,5"),
    ],
)
def test_times_and_numbers_are_told_as_people_say_them(text, held, english, indonesian):
    node = read(text).node
    assert f"({english} held)" in sentence(node, held={text: held})
    with translation.override("id"):
        assert f"(dimiliki: {indonesian})" in sentence(node, held={text: held})


def test_a_language_is_called_one_in_indonesian():
    node = read("language(de) >= B1").node
    assert sentence(node) == "German at least B1"
    with translation.override("id"):
        assert sentence(node) == "bahasa Jerman minimal B1"


def test_several_that_are_denied_are_none_of_them():
    node = read("sex not in (F, M) or province != 32").node
    assert sentence(node) == "sex none of female, male or province not 32"
