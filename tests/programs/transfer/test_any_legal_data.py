"""An export nobody touched changes nothing, whatever legal rows the tables hold."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from programs import models, transfer
from programs.choices import (
    ApplicationState,
    Basis,
    CostFormula,
    ImportKind,
    Sex,
    SkillEvidence,
    SlotState,
)
from programs.validators import INVISIBLE
from tests import factories

from .conftest import NOW, SCALES

AMOUNTS = st.decimals(0, 10**12, places=2)
TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
    .map(str.strip)
    .filter(lambda text: not INVISIBLE.search(text))
)
CURRENCIES = st.sampled_from(["IDR", "JPY", "MYR", "USD"])
ORIGINS = [None, "32", "53", "91", "53.04"]


class Undone(Exception):
    """Takes the rows of an example back."""


COST = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        "currency": CURRENCIES,
        "basis": st.sampled_from(Basis.values),
        "source": TEXT,
    }
)
PLACES = list(
    product(["program", "slot"], ["tuition", "living"], CostFormula.values, ORIGINS)
)
COSTS = st.dictionaries(st.sampled_from(PLACES), COST, min_size=1, max_size=8)
BUDGETS = st.dictionaries(
    st.tuples(st.integers(2000, 2100), st.sampled_from([None, "tuition", "living"])),
    st.tuples(st.none() | AMOUNTS, CURRENCIES),
    min_size=1,
    max_size=6,
)
WORDS = st.fixed_dictionaries(
    {
        "role_title_en": TEXT.filter(bool),
        "role_title_id": TEXT.filter(bool),
        "city": TEXT.filter(bool),
        "note": TEXT,
        "state": st.sampled_from(SlotState.values),
        "capacity_max": st.integers(2, 1000),
    }
)


DAYS = st.dates(date(2019, 1, 1), date(2029, 12, 31))
PLACES_OF_ORIGIN = st.sampled_from(
    [(None, None), ("32", None), ("91", None), ("53", "53.04"), (None, "53.04")]
)
SKILLS = st.dictionaries(
    st.sampled_from(["AI-PYT", "GEN-ELN"]),
    st.tuples(
        st.integers(0, 4), st.sampled_from(SkillEvidence.values), st.none() | DAYS
    ),
)
CERTIFICATES = st.dictionaries(
    st.tuples(st.sampled_from(SCALES), DAYS),
    st.none() | st.integers(1, 3000),
    max_size=3,
)
PEOPLE = st.fixed_dictionaries(
    {
        "given_name": TEXT.filter(bool),
        "family_name": TEXT,
        "birth_date": st.dates(date(1930, 1, 1), date(2015, 1, 1)),
        "sex": st.sampled_from(Sex.values),
        "kkni": st.integers(1, 9),
        "isced_f": st.sampled_from(["07", "071", "0714", "10", "1013"]),
        "email": st.just("") | st.emails(),
    }
)
WISHES = st.lists(
    st.sampled_from([("slot", n) for n in range(9)] + [("pathway", 0)]),
    unique=True,
)


def unchanged(kind, by):
    """Assert that each format of an export is judged to change nothing."""
    for file_format in transfer.FORMATS:
        content = transfer.export(kind, file_format, by=by, now=NOW)
        report = transfer.inspect(kind, content, by=by, now=NOW)
        told = [[(p.column, p.code) for p in row.problems] for row in report.bad]
        assert not told, (file_format, told)
        assert report.counts["unchanged"] == len(report.rows), file_format


def each_example(test):
    """Take rows back after each example; the world around them stays."""
    return settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )(test)


def undone(body):
    """Run a body and take back what it wrote."""
    with suppress(Undone), transaction.atomic():
        body()
        raise Undone


@each_example
@given(costs=COSTS)
def test_cost_rules(coordinator, slot, costs):
    def body():
        program = slot.intake.program
        for (owner, category, formula, origin), values in costs.items():
            models.CostRule.objects.create(
                program=program if owner == "program" else None,
                slot=slot if owner == "slot" else None,
                category_id=category,
                formula=formula,
                origin_id=origin,
                **values,
            )
        unchanged(ImportKind.COST_RULES, coordinator)

    undone(body)


@each_example
@given(budgets=BUDGETS)
def test_budgets(planner, slot, budgets):
    def body():
        source = models.FundingSource.objects.get(code="apbn")
        for (year, category), (amount, currency) in budgets.items():
            models.BudgetLine.objects.create(
                source=source,
                fiscal_year=year,
                category_id=category,
                amount=amount,
                currency=currency,
            )
        unchanged(ImportKind.BUDGETS, planner)

    undone(body)


@each_example
@given(words=WORDS)
def test_slots(coordinator, slot, words):
    def body():
        models.Slot.objects.filter(pk=slot.pk).update(**words)
        unchanged(ImportKind.SLOTS, coordinator)

    undone(body)


def test_the_largest_amount_a_table_holds(coordinator, planner, slot):
    """Two formulas of one category and an amount near the end of its column."""
    for formula in CostFormula.values:
        models.CostRule.objects.create(
            program=slot.intake.program,
            category_id="tuition",
            formula=formula,
            amount=Decimal("9999999999999.99"),
            currency="IDR",
        )
    unchanged(ImportKind.COST_RULES, coordinator)


def person(values, place, skills, certificates, free):
    """Make a person with papers, who belongs to the coordinator's institution."""
    ministry = models.Institution.objects.get(code="kemenperin")
    made = factories.participant.make(
        code="P-1",
        citizenship_id="ID",
        province_id=place[0],
        regency_id=place[1],
        home_institution=ministry,
        registered_by=ministry,
        **values,
    )
    for code, (level, evidence, ends) in skills.items():
        skill = models.Skill.objects.get(code=code)
        made.skill_claims.create(
            skill=skill, level=level, evidence=evidence, valid_to=ends
        )
    for (scale, taken), days in certificates.items():
        test, version, band, language, cefr, _months = scale
        made.language_certificates.create(
            test=test,
            scale_version=version,
            band=band,
            language=language,
            cefr=cefr,
            taken_on=taken,
            valid_to=days and taken + timedelta(days=days),
        )
    for start, days in free:
        made.availabilities.create(
            starts_on=start, ends_on=start + timedelta(days=days)
        )
    return made


@each_example
@given(
    values=PEOPLE,
    place=PLACES_OF_ORIGIN,
    skills=SKILLS,
    certificates=CERTIFICATES,
    free=st.sets(st.tuples(DAYS, st.integers(1, 900)), max_size=3),
)
def test_participants(coordinator, values, place, skills, certificates, free):
    def body():
        # A paper is of one scale, whichever of its versions it is read by.
        once = {(key[0][0], key[0][2], key[1]): key for key in certificates}
        kept = {key: certificates[key] for key in once.values()}
        person(values, place, skills, kept, free)
        unchanged(ImportKind.PARTICIPANTS, coordinator)

    undone(body)


@each_example
@given(
    wishes=WISHES,
    merit=st.decimals(0, 100, places=2),
    points=st.integers(0, 1000),
    in_team=st.booleans(),
    state=st.sampled_from(ApplicationState.values),
    sent=st.booleans(),
)
def test_applications(coordinator, slot, wishes, merit, points, in_team, state, sent):
    def body():
        intake = slot.intake
        models.Intake.objects.filter(pk=intake.pk).update(max_choices=30)
        offered = {
            ("slot", number): factories.slot.make(intake=intake, code=f"S-{number}")
            for number in range(9)
        }
        offered["pathway", 0] = factories.pathway.make(intake=intake, code="P-0")
        made = factories.application.make(
            intake=intake,
            state=state,
            nominated_by=intake.program.owner if sent else None,
            merit_score=merit,
            carry_over_points=points,
            team=factories.team.make(intake=intake) if in_team else None,
        )
        for rank, key in enumerate(wishes, start=1):
            columns = {"slot": None, key[0]: offered[key]}
            factories.preference.make(application=made, rank=rank, **columns)
        unchanged(ImportKind.APPLICATIONS, coordinator)

    undone(body)


def test_a_template_has_six_choices_and_an_export_as_many_as_it_needs(
    coordinator, slot
):
    def names(content):
        return [name for name in content.decode("utf-8-sig").split("\r\n")[0].split(",")
                if "choice_" in name]  # fmt: skip

    kind = ImportKind.APPLICATIONS
    assert len(names(transfer.template(kind, "csv", by=coordinator))) == 6
    made = factories.application.make(intake=slot.intake)
    for rank in range(1, 9):
        factories.preference.make(
            application=made, rank=rank, slot=factories.slot.make(intake=slot.intake)
        )
    content = transfer.export(kind, "csv", by=coordinator, now=NOW)
    assert len(names(content)) == 8
