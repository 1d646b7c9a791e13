"""The Indonesian catalogue is complete, and keeps what the sentences are made of."""

import ast
import re
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.architecture.commands import ROOT
from tests.architecture.messages import collect

FOLDERS = sorted(Path(settings.BASE_DIR / "locale").rglob("id/LC_MESSAGES"))
CATALOGUES = [path for folder in FOLDERS for path in sorted(folder.glob("*.po"))]
PLACEHOLDER = re.compile(r"%\(\w+\)[sdifr]|%[sdif]|\{\w*\}")


@pytest.fixture(params=CATALOGUES, ids=lambda path: "/".join(path.parts[-4:]))
def catalogue(request):
    return polib.pofile(str(request.param))


def texts(entry):
    """Return (source, translation) pairs of one entry, its plural forms included."""
    if entry.msgid_plural:
        return [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]
    return [(entry.msgid, entry.msgstr)]


def test_there_are_catalogues():
    assert len(CATALOGUES) >= 2


def test_everything_is_translated(catalogue):
    missing = [
        entry.msgid
        for entry in catalogue
        if not entry.obsolete and (entry.fuzzy or not all(t for _, t in texts(entry)))
    ]
    assert missing == []


def test_placeholders_survive(catalogue):
    spoilt = [
        (source, text)
        for entry in catalogue
        for source, text in texts(entry)
        if text
        and sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text))
    ]
    assert spoilt == []


def edges(text):
    """Return what a neighbour on the page relies on."""
    return text[:1].isspace(), text[-1:].isspace(), text.endswith(":")


def test_edges_of_sentences_survive(catalogue):
    """A lost line break or colon glues words together on the page."""
    spoilt = [
        source
        for entry in catalogue
        for source, text in texts(entry)
        if text and edges(source) != edges(text)
    ]
    assert spoilt == []


def test_nothing_obsolete_is_carried_along(catalogue):
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_each_string_of_the_code_is_in_the_catalogue(tmp_path):
    known = {
        (entry.msgctxt, entry.msgid)
        for path in CATALOGUES
        for entry in polib.pofile(str(path))
    }
    found = {
        (entry.msgctxt, entry.msgid)
        for path in collect(tmp_path)
        for entry in polib.pofile(str(path))
    }
    assert found - known == set()


def put_into_sentences(path):
    """Yield what is put into texts with a percent sign, as syntax trees."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            yield node.right


def test_no_sentence_says_a_day_as_data_do():
    """People read "1 March 2027"; 2027-03-01 is for files and systems."""
    found = [
        f"{path.relative_to(ROOT)}:{value.lineno}"
        for package in ("api", "planner", "programs")
        for path in sorted((ROOT / package).rglob("*.py"))
        for value in put_into_sentences(path)
        if "isoformat(" in ast.unparse(value)
    ]
    assert found == []
