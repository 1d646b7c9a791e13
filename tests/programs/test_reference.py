"""Reference data: loaded once, sourced, and right where registries clash."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import pytest
from django.conf import settings

from programs import models, reference, regulations, tables
from programs.choices import Cefr
from programs.domain.scales import line_of

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


def test_every_regency_stands_in_its_province(loaded):
    regencies = models.Region.objects.filter(level="regency")
    assert regencies.count() == 514
    assert all(row.kemendagri_code[:2] == row.parent_id for row in regencies)
    assert regencies.get(kemendagri_code="32.04").name == "Kabupaten Bandung"
    codes = tables.read_rows(DIRECTORY / "underdeveloped_perpres_63_2020.csv")
    names = dict(regencies.values_list("kemendagri_code", "name"))
    assert all(names[row["kemendagri_code"]] == row["name"] for row in codes)


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
    assert not scales.filter(test="EPS-TOPIK").exclude(cefr="").exists()


HALVES = [str(half / 2).removesuffix(".0") for half in range(2, 13)]
THRESHOLDS = {
    ("JLPT", "2025"): {
        ("N5", 0): "A1",
        ("N4", 0): "A2",
        ("N3", 95): "A2",
        ("N3", 104): "B1",
        ("N2", 90): "B1",
        ("N2", 112): "B2",
        ("N1", 100): "B2",
        ("N1", 142): "C1",
    },
    ("TOEFL-iBT", "2026"): {
        (half, 0): Cefr.values[int(float(half)) - 1] for half in HALVES
    },
    ("TOEFL-iBT", "2019"): {42: "B1", 72: "B2", 95: "C1", 114: "C2", 121: ""},
    ("TOEFL-ITP", "2011"): {337: "A2", 460: "B1", 543: "B2", 627: "C1", 678: ""},
    ("TOEIC-LR", "2016"): {
        120: "A1",
        225: "A2",
        550: "B1",
        785: "B2",
        945: "C1",
        991: "",
    },
    ("DET", "2022"): {10: "A2", 60: "B1", 90: "B2", 120: "C1", 145: "C2"},
    ("Goethe", "2024"): {(level, 0): level for level in Cefr.values},
    ("telc-Deutsch", "2024"): {(level, 0): level for level in Cefr.values},
    ("PTE-Academic", "2025"): {
        10: "A1",
        30: "A2",
        43: "B1",
        59: "B2",
        76: "C1",
        85: "C2",
        91: "",
    },
    ("UKBI", "2023"): {405: "A2", 482: "B1", 578: "B2", 641: "C1", 725: "C2"},
}
"""Published thresholds: by band and score, or the least score of each level."""


@pytest.mark.parametrize("name", THRESHOLDS, ids=" ".join)
def test_bands_follow_from_the_published_thresholds(loaded, name):
    lines = list(models.LanguageScale.objects.filter(test=name[0], version=name[1]))
    levels = THRESHOLDS[name]
    if all(isinstance(key, tuple) for key in levels):
        told = {(band, score): line_of(lines, band, score) for band, score in levels}
        assert {key: line.cefr for key, line in told.items()} == levels
        assert len(lines) == len(levels)
        return
    reached = sorted(levels)
    for low, high in pairwise(reached):
        for score in (low, high - 1 - (name[0] == "DET") * 4):
            assert line_of(lines, str(score)).cefr == levels[low]
    assert line_of(lines, str(reached[0] - 1)) is None


def test_every_language_that_a_regulation_asks_for_has_a_test(loaded):
    """Else nobody could hold it but its native speakers, whatever the program says."""
    tested = set(models.LanguageScale.objects.values_list("language", flat=True))
    asked = {
        slot["work_language"].partition("-")[0]
        for folder in regulations.found()
        for slot in folder.rows("slots")
        if slot.get("min_cefr")
    }
    assert asked <= tested


def test_certificates_of_the_demo_are_worth_what_the_scales_say(loaded):
    lines = defaultdict(list)
    for line in models.LanguageScale.objects.all():
        lines[line.test, line.version].append(line)
    tables_of_demo = settings.BASE_DIR / "fixtures" / "demo" / "tables"
    for row in tables.read_rows(tables_of_demo / "language_certificates.csv"):
        scale = lines[row["test"], row["scale_version"]]
        assert line_of(scale, row["band"], row["score"]).cefr == row["cefr"], row


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
