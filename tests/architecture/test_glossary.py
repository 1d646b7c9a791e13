"""One word a concept: what the glossary replaces is used by no page and no label."""

import re

import polib
import pytest

from tests.paths import ROOT

ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
CATALOGUE = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
PAGES = [ROOT / "README.id.md", *sorted((ROOT / "docs" / "id").glob("*.md"))]


def replaced():
    """Return [(word not used, word used)] of the glossary's last table."""
    text = (ROOT / "docs" / "glossary.md").read_text()
    rows = ROW.findall(text.partition("## One word each")[2])
    return [(word, use) for words, use, _for in rows[1:] for word in words.split(", ")]


def texts():
    """Yield (where, Indonesian text) of every label and page."""
    for entry in polib.pofile(str(CATALOGUE)):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            yield entry.msgid, text
    for page in PAGES:
        yield page.name, page.read_text()


@pytest.fixture(scope="module")
def everything():
    return list(texts())


def test_the_table_has_words():
    assert len(replaced()) > 20


@pytest.mark.parametrize(("word", "use"), replaced())
def test_a_replaced_word_is_used_nowhere(everything, word, use):
    found = [
        where
        for where, text in everything
        if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
    ]
    assert not found, f"write {use!r} instead of {word!r}"


@pytest.mark.parametrize(("word", "use"), replaced())
def test_the_word_used_is_the_words_of_labels(everything, word, use):
    """What is written instead is really written somewhere."""
    first = use.split(", ")[0]
    assert any(first.lower() in text.lower() for _where, text in everything)
