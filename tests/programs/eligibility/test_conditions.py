"""Conditions of programs and slots are one more rule, with reasons and days."""

import random
from datetime import date, timedelta

import numpy as np
import pytest
from django.utils import translation

from programs.eligibility import blocks, explain, judge, load, text, verdicts
from programs.models import Application, Slot
from programs.refusals import Refusal
from tests import factories

TODAY = date(2027, 1, 15)


def why(pair):
    """Return (sentence, earliest day) of each reason, all of them of the condition."""
    reasons = pair.verdict().reasons
    assert {reason.code for reason in reasons} <= {"condition"}
    with translation.override("id"):
        assert all(text(reason.as_dict()) for reason in reasons)
    return [(text(reason.as_dict()), reason.earliest) for reason in reasons]


def test_program_and_slot_ask_together(pair):
    pair.set(pair.program, condition="kkni >= 5")
    pair.set(pair.slot, condition="sex = F")
    assert pair.verdict().placeable
    pair.set(pair.program, condition="kkni >= 6")
    pair.set(pair.slot, condition="sex = M")
    assert why(pair) == [
        ("Needed: KKNI level at least 6 (5 held).", None),
        ("Needed: sex male (female held).", None),
    ]
    assert pair.verdict().verdict == "ineligible"


def test_what_can_still_be_got_waits_until_the_stay_begins(pair):
    pair.set(pair.slot, condition="language(ja) >= A2")
    assert pair.verdict().verdict == "conditional"
    assert not pair.verdict().placeable
    assert pair.verdict(on=pair.slot.starts_on).verdict == "ineligible"
    assert why(pair) == [("Needed: Japanese at least A2 (none held).", None)]


def test_a_plan_may_use_whom_a_place_can_wait_for(pair):
    pair.set(pair.slot, condition="kkni >= 5 and language(ja) >= A2 by 2027-03-01")
    verdict = pair.verdict(on=date(2027, 3, 1))
    assert (verdict.verdict, verdict.placeable) == ("conditional", True)
    assert why(pair) == [
        ("Needed by 1 March 2027: Japanese at least A2 (none held).", None)
    ]
    late = pair.verdict(on=date(2027, 3, 2))
    assert (late.verdict, late.placeable) == ("conditional", False)
    pair.set(pair.slot, condition="kkni >= 6 by 2027-03-01")
    assert pair.verdict().verdict == "ineligible"
    factories.language_certificate.make(
        participant=pair.person, test="JFT-Basic", band="220", cefr="A2"
    )
    pair.set(pair.slot, condition="language(ja) >= A2 by 2027-03-01")
    assert pair.verdict().verdict == "eligible"


def test_what_is_confidential_is_waited_for_without_naming_it(pair):
    factories.fact_definition.make(code="fit", kind="truth", is_sensitive=True)
    pair.set(pair.slot, condition='fact("fit") by 2027-03-01')
    assert pair.verdict().placeable
    assert why(pair) == [
        (
            (
                "Needed by 1 March 2027: something that is kept confidential; ask the "
                "ministry."
            ),
            None,
        )
    ]


def test_what_nobody_knows_can_be_stated(pair):
    pair.set(pair.slot, condition='score("JFT-Basic") >= 200')
    assert pair.verdict().verdict == "conditional"
    assert why(pair) == [("Needed: score in JFT-Basic at least 200 (not known).", None)]


def test_of_several_ways_the_nearest_is_named_first(pair):
    pair.set(
        pair.slot,
        condition='kkni >= 7 or language(ja) >= A2 and kkni >= 6 or score("EN") >= 6.5',
    )
    ((sentence, _day),) = why(pair)
    assert sentence == (
        "Needed: score in EN at least 6.5 (not known) or KKNI level at least 7 "
        "(5 held) or (Japanese at least A2 (none held) and KKNI level at least 6 "
        "(5 held))."
    )


@pytest.mark.parametrize(
    ("condition", "earliest"),
    [
        ("age >= 25", date(2028, 5, 17)),
        ("age > 24", date(2028, 5, 17)),
        ("age >= 25 and sex = F", date(2028, 5, 17)),
        ("age >= 25 or age >= 30", date(2028, 5, 17)),
        ("age >= 25 or sex = M", date(2028, 5, 17)),
        ("age <= 22", None),
        ("age on decision >= 25", None),
        ("days_since >= 183", date(2027, 7, 2)),
        ("days_since > 183", date(2027, 7, 3)),
        ("days_since >= 183 or age >= 25", date(2027, 7, 2)),
        ("not (age < 25 or days_since < 183)", date(2028, 5, 17)),
    ],
)
def test_time_alone_may_mend_it(pair, condition, earliest):
    factories.placement.make(
        application__participant=pair.person,
        state="completed",
        slot__starts_on=date(2026, 7, 1),
        slot__ends_on=date(2027, 1, 1),
    )
    pair.set(pair.slot, condition=condition)
    days = [day for _sentence, day in why(pair)]
    assert max((day for day in days if day), default=None) == earliest


def test_what_is_confidential_is_told_to_nobody(pair):
    pair.set(pair.slot, condition="disability and kkni >= 6")
    sentences = [sentence for sentence, _day in why(pair)]
    assert sentences == [
        "Needed: something that is kept confidential; ask the ministry.",
        "Needed: KKNI level at least 6 (5 held).",
    ]
    stored = str([reason.as_dict() for reason in pair.verdict().reasons])
    assert "disab" not in stored


def test_a_step_counts_what_the_step_before_teaches(pair):
    pair.set(pair.slot, taught_language="ja", taught_cefr="A2")
    later = factories.slot.make(
        intake=pair.slot.intake,
        starts_on=pair.slot.ends_on,
        ends_on=pair.slot.ends_on + timedelta(100),
        condition="language(ja) >= A2",
    )
    way = factories.pathway.make(intake=pair.slot.intake)
    for position, slot in enumerate((pair.slot, later), start=1):
        factories.pathway_step.make(pathway=way, position=position, slot=slot)
    alone, step = verdicts(
        application=pair.application, slots=[later], pathways=[way], on=TODAY
    )
    assert (alone.placeable, step.placeable) == (False, True)


def test_a_stored_condition_that_cannot_be_read_is_named(pair):
    pair.set(pair.slot, condition="kknni >= 6")
    with pytest.raises(Refusal) as refused:
        pair.verdict()
    assert refused.value.code == "condition-unreadable"
    assert pair.slot.code in str(refused.value)
    assert "Character 1" in str(refused.value)


CONDITIONS = [
    "",
    "kkni >= 5 and (language(ja) >= A2 or sex = F)",
    "age <= 24 or merit >= 70",
    'score("JFT-Basic") >= 200 or not completed(this program)',
    "born >= 24 years before last_day and free",
    "kkni >= 5 and language(ja) >= A2 by 2027-02-01",
]


@pytest.mark.django_db
def test_blocks_agree_with_single_verdicts():
    rng = random.Random(5)
    programs = factories.program.make(_quantity=2)
    programs[0].condition = CONDITIONS[2]
    programs[0].save()
    for number in range(12):
        intake = factories.intake.make(program=rng.choice(programs))
        start = date(2027, 4, 1) + timedelta(rng.choice([0, 60]))
        factories.slot.make(
            intake=intake, starts_on=start, condition=CONDITIONS[number % 6]
        )
        application = factories.application.make(
            intake=intake,
            participant__kkni=rng.randint(4, 6),
            participant__sex=rng.choice("FM"),
            participant__birth_date=date(rng.randint(1999, 2006), 4, 15),
            merit_score=rng.choice([50, 80]),
        )
        if rng.random() < 0.5:
            factories.language_certificate.make(
                participant=application.participant,
                test="JFT-Basic",
                band=rng.choice(["150", "220"]),
                cefr=rng.choice(["A1", "A2"]),
            )
    facts = load(
        applications=Application.objects.all(), slots=Slot.objects.all(), on=TODAY
    )
    whole = np.concatenate([each.status for _start, each in blocks(facts, size=3)])
    person, column = np.indices(whole.shape).reshape(2, -1)
    assert (judge(facts, person, column).status == whole.ravel()).all()
    seen = set()
    for row, at in zip(person.tolist(), column.tolist(), strict=True):
        (single,) = verdicts(
            application=Application.objects.get(pk=facts.people.application[row]),
            slots=[Slot.objects.get(pk=facts.slots.slot[at])],
            on=TODAY,
        )
        answer = int(facts.asked.answer[row, facts.asked.question[at]])
        told = {r.severity for r in single.reasons if r.code == "condition"}
        assert told == ({answer} if answer else set())
        seen.add(answer)
    assert seen == {0, 1, 2, 3}
    # Twelve places, six conditions, two programs, two days: few questions are asked.
    assert facts.asked.answer.shape[1] <= 1 + len(CONDITIONS) * 4


@pytest.mark.django_db
def test_another_condition_can_be_tried(pair):
    factories.application.make(intake=pair.slot.intake, participant__kkni=6)
    pair.set(pair.slot, condition="kkni >= 7")
    given = {"applications": Application.objects.all(), "slots": Slot.objects.all()}
    assert (load(**given).asked.answer[:, 1] > 0).all()
    tried = load(**given, instead={pair.slot.pk: ("", "kkni >= 6")})
    assert sorted(tried.asked.answer[:, 1].tolist()) == [0, 3]
    assert not load(**given, instead={pair.slot.pk: ("", "")}).asked.anything


@pytest.mark.parametrize(
    "condition",
    [
        "not completed(this country)",
        'not completed(host "elsewhere")',
        "days_since >= 2 years",
        "stays = 0 or kkni >= 9",
        "stays <= 1",
    ],
)
def test_a_stay_of_another_registration_is_told_to_nobody(pair, condition):
    """Who sent the second reads that data are checked: no count, day or host."""
    checked = [("The ministry is checking this person's data.", None)]
    pair.set(pair.person, nik_hash="x")
    pair.set(pair.slot, condition=condition)
    twin = factories.participant.make(nik_hash="x", registered_by__name="Elsewhere")
    host = factories.host.make(code="elsewhere", country=pair.slot.country)
    for month in (1, 4):
        ended(twin, date(2026, month, 1), slot__host=host, slot__country=host.country)
    assert pair.verdict().verdict != "eligible"
    assert why(pair) == checked


def test_rows_are_told_by_their_names_and_not_by_their_codes(pair, lines):
    home = factories.institution.make(code="smk-1", name="SMK Negeri 1 Garut")
    factories.institution.make(code="smk-2", name="SMK Negeri 2 Garut")
    factories.region.make(kemendagri_code="53", name="Nusa Tenggara Timur")
    factories.region_list.make(code="3t", name_en="Frontier", name_id="Perbatasan")
    factories.skill.make(framework="TEP", code="AI-1", name_en="Python")
    pair.set(pair.person, home_institution=home, province_id="53")
    pair.set(
        pair.slot,
        condition=(
            'home not in (smk-1, smk-2) and province = 32 and on_list("3t") and '
            'skill("AI-1") >= 2 and completed(host "smk-2") and field = 0913'
        ),
    )
    assert [sentence for sentence, _day in why(pair)] == lines(
        "home institution none of SMK Negeri 1 Garut, SMK Negeri 2 Garut "
        "(SMK Negeri 1 Garut held)",
        "province Jawa Barat (Nusa Tenggara Timur held)",
        "home region on the list “Frontier”",
        "skill Python at least 2 (0 held)",
        "a stay completed with the host “SMK Negeri 2 Garut”",
        "field of study (ISCED-F) Nursing and midwifery (0913) (Electronics and "
        "automation (0714) held)",
    )


def test_names_are_asked_for_once_for_everybody(pair, django_assert_num_queries):
    factories.institution.make(code="smk-1")
    pair.set(pair.slot, condition="home = smk-1 and province = 53 or kkni >= 9")
    factories.region.make(kemendagri_code="53")
    applications = [pair.application.pk]
    for _each in range(2):
        other = factories.application.make(intake=pair.slot.intake)
        applications.append(other.pk)
    found = load(
        applications=Application.objects.filter(pk__in=applications),
        slots=Slot.objects.filter(pk=pair.slot.pk),
        on=TODAY,
    )
    with django_assert_num_queries(2):
        told = explain(found, np.arange(3), np.zeros(3, int))
    assert all(reasons for reasons in told)


@pytest.fixture
def lines():
    """Return a function that says of each line that it is needed."""
    return lambda *needed: [f"Needed: {each}." for each in needed]


def test_an_own_stay_is_told_without_what_others_know(pair):
    pair.set(pair.person, nik_hash="x")
    pair.set(pair.slot, condition="stays = 0 and days_since >= 2 years")
    twin = factories.participant.make(nik_hash="x", registered_by__name="Elsewhere")
    ended(twin, date(2026, 6, 1))
    ended(pair.person, date(2026, 1, 1))
    assert why(pair) == [
        ("Needed: stays completed exactly 0 (1 held).", None),
        (
            "Needed: time since the last stay at least 2 years (1 year held).",
            None,  # on that day the other stay would still stand in the way
        ),
    ]


def ended(person, first, **values):
    """A stay of three months that somebody completed."""
    values.setdefault("slot__intake__program__code", f"of-{first}-{person.pk}")
    return factories.placement.make(
        application__participant=person,
        state="completed",
        slot__starts_on=first,
        slot__ends_on=first + timedelta(90),
        **values,
    )
