"""No name loses a letter on paper, and none becomes mark-up."""

import pytest

from planner.paper import fonts


def test_what_would_be_mark_up_is_shown_as_it_is():
    assert fonts.marked("Siti <b>Nur'aini</b> & co") == (
        "Siti &lt;b&gt;Nur'aini&lt;/b&gt; &amp; co"
    )


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("田中さくら", fonts.KANA),
        ("東京大学", fonts.KANA),
        ("刘晓明", fonts.HAN),
        ("김민준", fonts.HANGUL),
    ],
)
def test_names_of_east_asia_are_set_in_a_font_that_has_them(name, font):
    assert fonts.marked(name) == f'<font name="{font}">{name}</font>'


def test_a_letter_that_no_font_has_is_the_one_below_it_or_a_square(monkeypatch):
    monkeypatch.setattr(fonts, "registered", lambda: frozenset(map(ord, "Nguyen ")))
    assert fonts.marked("Nguyễn") == "Nguyen"
    assert fonts.marked("N\N{DESERET CAPITAL LETTER LONG I}") == "N□"
    assert fonts.plain("Nguyễn") == "Nguyen"


def test_indonesian_names_are_there_without_any_font_of_the_system(monkeypatch):
    monkeypatch.setattr(fonts, "FILES", fonts.FILES[1:])
    fonts.registered.cache_clear()
    try:
        assert set(map(ord, "Dewi Nurʼaini Éka Jokó Müller")) - {ord("ʼ")} <= (
            fonts.registered()
        )
    finally:
        fonts.registered.cache_clear()
