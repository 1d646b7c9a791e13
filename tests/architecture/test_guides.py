"""The guides call things what the desk calls them, each in its language."""

import re

import polib
import pytest

from tests.paths import ROOT

NAMED = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
CATALOGUES = [ROOT / "locale", ROOT / "locale" / "libraries"]
DJANGO = {"history"}
"""Labels that Django itself brings, with its own translations."""
GUIDES = {
    page: language
    for language, folder in (("en", "desk"), ("id", "id"))
    for page in sorted((ROOT / "docs" / folder).glob("*.md"))
}


def labels(language):
    """Return what the desk says in a language, in lower case."""
    found = set()
    for folder in CATALOGUES:
        for entry in polib.pofile(str(folder / "id" / "LC_MESSAGES" / "django.po")):
            told = (
                [entry.msgid, entry.msgid_plural]
                if language == "en"
                else [entry.msgstr, *entry.msgstr_plural.values()]
            )
            found |= {text.lower() for text in told if text}
    return found


@pytest.fixture(scope="module")
def known():
    return {language: labels(language) for language in ("en", "id")}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_what_a_guide_sets_in_italics_is_a_label(page, known):
    said = known[GUIDES[page]]
    named = [
        part.strip(" .").lower()
        for text in NAMED.findall(page.read_text())
        for part in text.split(" → ")
    ]
    missing = [
        name
        for name in named
        if name not in DJANGO and not any(label.startswith(name) for label in said)
    ]
    assert not missing
