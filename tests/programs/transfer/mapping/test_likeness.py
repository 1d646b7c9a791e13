"""Names that are one are found under each spelling; names that are two stay two."""

import pytest

from programs.transfer.mapping.likeness import Names, fold, fold_name, trigrams

SCHOOLS = Names(
    [
        ("one", "SMK Negeri 1 Cimahi"),
        ("two", "SMK Negeri 2 Cimahi"),
        ("poltek", "Politeknik Manufaktur Bandung"),
    ]
)


@pytest.mark.parametrize(
    "said", ["SMKN 1 Cimahi", "smk n 1 cimahi", "SMK  Negeri 1, CIMAHI", "SMKN1 Cimahi"]
)
def test_every_spelling_of_a_name_is_that_name(said):
    assert SCHOOLS.exact[fold_name(said)] == {"one"}


def test_a_letter_more_is_near_and_another_number_is_not():
    (first, near), (second, far) = SCHOOLS.nearest("SMKN 1 Cimahii", 2)
    assert (first, second) == ("one", "two")
    assert near > 0.86
    assert far < 0.5


def test_likeness_is_twice_the_shared_trigrams_over_all():
    # "  ab " has the trigrams "  a", " ab", "ab "; "  ac " shares the first of them.
    assert sum(trigrams("ab").values()) == 3
    assert Names([("x", "ab")]).nearest("ac", least=0) == [("x", 2 * 1 / 6)]


def test_what_is_like_nothing_is_near_nothing():
    assert SCHOOLS.nearest("Universitas Cenderawasih") == []


def test_folding_takes_marks_apostrophes_and_case_away():
    assert fold("  ZOË  d'Or_n. – ") == "zoe dor n"
    assert fold("Ma’arif") == fold("Ma'arif") == "maarif"
