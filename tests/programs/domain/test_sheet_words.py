"""Words of sheets: one's own before those of colleagues, the newest before older."""

from datetime import UTC, datetime, timedelta

import pytest

from programs.domain import sheet_words
from programs.models import RememberedWord
from tests import factories

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def colleagues():
    ministry = factories.institution.make()
    return [factories.coordinator(of=ministry) for _each in range(3)]


def remember(by, means, days=0, said="smkn 1"):
    words = {"institution": {said: means}}
    sheet_words.remember(words=words, by=by, now=NOW + timedelta(days=days))


def test_the_own_choice_counts_then_the_newest_of_colleagues(colleagues):
    one, other, third = colleagues
    remember(one, "own")
    remember(other, "newer", days=2)
    remember(other, "theirs", days=1, said="smkn 2")
    assert sheet_words.known(one) == {
        "institution": {"smkn 1": "own", "smkn 2": "theirs"}
    }
    assert sheet_words.known(third)["institution"]["smkn 1"] == "newer"


def test_a_choice_takes_the_place_of_the_one_before(colleagues):
    remember(colleagues[0], "first")
    remember(colleagues[0], "second", days=1)
    assert RememberedWord.objects.get().means == "second"


def test_another_institution_s_words_stay_theirs(colleagues):
    remember(colleagues[0], "ours")
    assert sheet_words.known(factories.coordinator()) == {}


def test_a_sentence_is_no_word(colleagues):
    remember(colleagues[0], "x", said="a" * 201)
    assert not RememberedWord.objects.exists()
