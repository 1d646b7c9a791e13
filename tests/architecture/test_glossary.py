"""One word a concept: what the glossary replaces is used by no page and no label."""

import re

import polib
import pytest

from tests.paths import ROOT

ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", re.MULTILINE)
CATALOGUE = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
INDONESIAN = [ROOT / "README.id.md", *sorted((ROOT / "docs" / "id").glob("*.md"))]
ENGLISH = [
    ROOT / "README.md",
    ROOT / "api" / "guide.md",
    *sorted(
        page
        for page in (ROOT / "docs").rglob("*.md")
        if page not in INDONESIAN and page.name != "glossary.md"
    ),
]
CODE = re.compile(
    r"^```.*?^```|^    .*?$|`[^`\n]+`|%\(\w+\)[sd]", re.DOTALL | re.MULTILINE
)
HEADINGS = {"en": "### In English", "id": "### Dalam Bahasa Indonesia"}


def replaced(language):
    """Return [(word not used, word used)] of a language's table in the glossary."""
    text = (ROOT / "docs" / "glossary.md").read_text()
    table = text.partition(HEADINGS[language])[2].partition("\n###")[0]
    rows = ROW.findall(table)
    return [(word, use) for words, use, _for in rows[1:] for word in words.split(", ")]


def texts(language):
    """Yield (where, text) of every label and page of a language, without code."""
    for entry in polib.pofile(str(CATALOGUE)):
        own = [entry.msgid, entry.msgid_plural]
        translated = [entry.msgstr, *entry.msgstr_plural.values()]
        for text in own if language == "en" else translated:
            yield entry.msgid, CODE.sub("", text)
    for page in ENGLISH if language == "en" else INDONESIAN:
        yield page.name, CODE.sub("", page.read_text())


@pytest.fixture(scope="module")
def everything():
    return {language: list(texts(language)) for language in HEADINGS}


WORDS = [(language, *row) for language in HEADINGS for row in replaced(language)]


@pytest.mark.parametrize("language", HEADINGS)
def test_the_tables_have_words(language):
    assert len(replaced(language)) > 20


@pytest.mark.parametrize(("language", "word", "use"), WORDS)
def test_a_replaced_word_is_used_nowhere(everything, language, word, use):
    found = [
        where
        for where, text in everything[language]
        if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
    ]
    assert not found, f"write {use!r} instead of {word!r}"


@pytest.mark.parametrize(("language", "word", "use"), WORDS)
def test_the_word_used_is_the_words_of_labels(everything, language, word, use):
    """What is written instead is really written somewhere."""
    first = use.split(", ")[0]
    assert any(first.lower() in text.lower() for _where, text in everything[language])


APART = {r"\bapplications?\b": "pendaftaran", r"\bregistrations?\b": "lamaran"}
"""Two concepts with two words: a label that speaks of the one uses its own alone."""


@pytest.mark.parametrize(("own", "others"), APART.items())
def test_applications_and_registrations_are_not_mixed_up(own, others):
    (other,) = set(APART) - {own}
    found = []
    for entry in polib.pofile(str(CATALOGUE)):
        text = f"{entry.msgid} {entry.msgid_plural}"
        said = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
        is_alone = re.search(own, text, re.IGNORECASE) and not re.search(
            other, text, re.IGNORECASE
        )
        if is_alone and re.search(others, said, re.IGNORECASE):
            found.append(entry.msgid)
    assert found == []
