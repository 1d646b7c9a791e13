"""Reference data: loaded once, sourced, and right where registries clash."""

from decimal import Decimal

import pytest
from django.conf import settings

from programs import models, reference, tables

DIRECTORY = settings.BASE_DIR / "fixtures" / "reference"
PAPUA = {
    "Papua": ("91", "94"),
    "Papua Barat": ("92", "91"),
    "Papua Selatan": ("93", "95"),
    "Papua Tengah": ("94", "96"),
    "Papua Pegunungan": ("95", "97"),
    "Papua Barat Daya": ("96", "92"),
}
"""Kemendagri and BPS codes: 94 is Papua Tengah in one and Papua in the other."""


@pytest.fixture
def loaded(db):
    """The reference data in the database."""
    return reference.load(DIRECTORY)


def test_a_second_load_writes_nothing(loaded):
    assert all(added > 0 for added, _changed in loaded.values())
    assert set(reference.load(DIRECTORY).values()) == {(0, 0)}


def test_a_changed_row_is_brought_up_to_date(loaded):
    models.Skill.objects.filter(code="AI-PYT").update(name_en="Snakes")
    counts = reference.load(DIRECTORY)
    assert counts["skills.csv"] == (0, 1)
    assert models.Skill.objects.get(code="AI-PYT").name_en == "Python programming"


def test_the_registries_clash_in_papua_and_nowhere_else(loaded):
    provinces = models.Region.objects.provinces()
    assert provinces.count() == 38
    clashing = {
        province.name: (province.kemendagri_code, province.bps_code)
        for province in provinces
        if province.kemendagri_code != province.bps_code
    }
    assert clashing == PAPUA
    by_code = models.Region.objects.by_code
    assert by_code("94", system="bps").name == "Papua"
    assert by_code("94", system="kemendagri").name == "Papua Tengah"
    assert by_code("ID-PA", system="iso").name == "Papua"


def test_the_decree_names_62_regencies_in_eleven_provinces(loaded):
    listed = models.RegionList.objects.get(code="3t-perpres-63-2020").regions
    assert listed.count() == 62
    assert listed.filter(parent="53").count() == 13
    assert set(listed.values_list("level", flat=True)) == {"regency"}


@pytest.mark.parametrize("path", sorted(DIRECTORY.glob("*.csv")), ids=lambda p: p.stem)
def test_every_row_names_its_source_or_admits_an_assumption(path):
    rows = tables.read_rows(path)
    if path.stem == "countries":
        return
    assert all(row["source"] for row in rows)
    assert {row["basis"] for row in rows} <= {"sourced", "computed", "assumed"}


def test_skills_come_in_six_families_in_both_languages(loaded):
    skills = models.Skill.objects.all()
    assert skills.count() >= 80
    assert len(set(skills.values_list("family", flat=True))) == 6
    assert not skills.filter(name_id="").exists()


def test_tests_that_are_disputed_have_several_versions(loaded):
    scales = models.LanguageScale.objects
    assert scales.get(test="HSK", version="publisher-2010", band="4").cefr == "B2"
    assert scales.get(test="HSK", version="schools-2010", band="4").cefr == "B1"
    assert scales.get(test="JLPT", version="2025", band="N4").cefr == "A2"


def test_stress_rates_are_the_planning_rates_with_a_weaker_rupiah(loaded):
    rates = models.ExchangeRate.objects
    for rate in rates.filter(kind="planning"):
        stress = rates.get(
            currency=rate.currency, valid_from=rate.valid_from, kind="stress"
        )
        assert abs(stress.rate - rate.rate * Decimal("1.1")) < Decimal("0.000002")


def test_the_waiver_covers_the_fourteen_components(loaded):
    waiver = models.FeeWaiver.objects.get(code="tw-manufacturing-2027")
    assert waiver.basis == "assumed"
    assert {"airfare_intl", "placement_service", "visa"} <= set(
        waiver.categories.values_list("code", flat=True)
    )
