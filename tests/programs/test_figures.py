"""Forms read numbers as people write them, and show them as they are read again."""

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation
from hypothesis import given, strategies as st

from programs import figures
from programs.figures import Figure, Whole


def form_of(field, before=None, **data):
    """Return a form of one field that was shown with a figure."""
    made = type("OneField", (forms.Form,), {"amount": field})
    return made(data, initial={"amount": before})


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("2 miliar", None, "2000000000"),
        ("12,5", None, "12.5"),
        ("16.250", None, "16250"),
        ("16.25", None, "16.25"),
        ("1.300.000", None, "1300000"),
        ("+2 miliar", Decimal(1300000000), "3300000000"),
        ("+10%", Decimal(1300000000), "1430000000"),
        ("-12,5 persen", Decimal(1000), "875"),
        ("\u2212100", Decimal(1000), "900"),
    ],
)
def test_a_figure_means_what_an_indonesian_means(text, before, after):
    form = form_of(Figure(max_digits=18, decimal_places=2), before, amount=text)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == Decimal(after)


@pytest.mark.parametrize("text", ["10%", "+10%", "much", "1.50.00", "1e9", "-5"])
def test_what_could_mean_two_things_or_none_is_refused(text):
    """A percentage needs something that it is one of."""
    form = form_of(Figure(max_digits=18, decimal_places=2), amount=text)
    assert "2 miliar" in str(form.errors)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [("1.000", None, 1000), ("+3", 5, 8), ("-20%", 10, 8), ("2,5", None, None)],
)
def test_a_whole_number_is_never_a_thousandth_of_what_was_meant(text, before, after):
    """Django's own field reads "1.000" as 1."""
    form = form_of(Whole(), before, amount=text)
    assert form.is_valid() == (after is not None)
    assert form.cleaned_data.get("amount") == after


def test_a_share_is_written_with_its_sign_or_without():
    for text in ("12,5", "12,5%", "12.5 persen"):
        form = form_of(Figure(is_share=True, decimal_places=3), amount=text)
        assert form.is_valid()
        assert form.cleaned_data["amount"] == Decimal("12.5")


@given(st.decimals(0, 10**12, places=6), st.sampled_from(["en", "id"]))
def test_what_is_shown_is_read_as_the_same_figure(figure, language):
    with translation.override(language):
        field = Figure(decimal_places=6)
        assert field.to_python(field.prepare_value(figure)) == figure
        whole = Whole()
        assert whole.to_python(whole.prepare_value(int(figure))) == int(figure)


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_form_that_nobody_touched_has_not_changed(language):
    before = Decimal("16250.125000")
    with translation.override(language):
        form = form_of(Figure(decimal_places=6), before, amount=figures.shown(before))
        assert not form.has_changed()


def test_a_change_is_echoed_as_before_and_after():
    form = form_of(
        Figure(decimal_places=2, label="amount"), Decimal(100), amount="+10%"
    )
    assert form.is_valid()
    row = type("Row", (), {"currency": "IDR"})
    with translation.override("id"):
        assert figures.echo(form, row) == ["Amount: Rp\xa0100 \u2192 Rp\xa0110"]
