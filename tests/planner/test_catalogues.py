"""Translations are compiled without gettext, whole or not at all."""

import gettext
import os

import pytest
from babel.messages.pofile import PoFileError

from planner.catalogues import compile_catalogue, compile_stale

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "id" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + 'msgid "quota"\nmsgstr "kuota"\n')
    return path


def test_gettext_reads_what_was_compiled(source):
    with compile_catalogue(source).open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("quota") == "kuota"


def test_only_stale_catalogues_are_compiled(source, tmp_path):
    compile_stale(tmp_path)
    target = source.with_suffix(".mo")
    os.utime(target, ns=(1, source.stat().st_mtime_ns + 10**9))
    stamp = target.stat().st_mtime_ns
    compile_stale(tmp_path)
    assert target.stat().st_mtime_ns == stamp


def test_a_damaged_catalogue_leaves_the_old_product(source):
    target = compile_catalogue(source)
    before = target.read_bytes()
    source.write_text(HEADER + "this is no catalogue\n")
    with pytest.raises(PoFileError):
        compile_catalogue(source)
    assert target.read_bytes() == before
