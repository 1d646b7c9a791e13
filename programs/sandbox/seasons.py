"""A season to walk through in one afternoon: it opens, closes and begins today.

Each institution gets its own: an intake with slots of a host that does not exist, and
as its key says people to nominate, or a slot of its own with people who ask for it.
"""

from datetime import timedelta
from secrets import token_hex

from programs.choices import (
    AgreementState,
    Cefr,
    CostFormula,
    IntakeState,
    PrioritySector,
    ProgramKind,
    Sex,
    SlotState,
)
from programs.days import day_of
from programs.domain import applications, events, participants, transactions
from programs.domain.actors import SYSTEM
from programs.event_kinds import EventKind
from programs.models import (
    Agreement,
    BudgetLine,
    CostRule,
    FundingRule,
    FundingSource,
    Institution,
    Intake,
    LanguageScale,
    Program,
    Slot,
)

from .realm import HOST
from .stage import FUND, MINISTRY, SENDER

STAY = timedelta(days=180)
SEATS = 2
AIRFARE = "airfare_intl", 5_000_000
"""The category and the rupiah that each place costs, and the fund pays."""
PEOPLE = (("Satu", Sex.FEMALE), ("Dua", Sex.MALE), ("Tiga", Sex.FEMALE))
"""Names that say by themselves that nobody has them: one, two, three."""
SPEAKERS = 2
"""How many of them have a certificate of English; the rest lack what a slot asks."""


@transactions.verb
def begin(*, institution, sends, hosts, now):
    """Open a season for an institution of the sandbox, and return its intake.

    Parameters
    ----------
    sends, hosts: whether it nominates people, and whether it receives some.
    """
    with transactions.atomic():
        intake = _intake(institution, now)
        agreement = _agreement(institution, intake)
        other = Institution.objects.get(code=HOST)
        _slot(intake, other, "english", agreement, min_cefr=Cefr.B1)
        _slot(intake, other, "open", agreement)
        if sends:
            _people(institution, intake, now)
        if hosts:
            own = _slot(intake, institution, "own", agreement)
            for person in _people(Institution.objects.get(code=SENDER), intake, now):
                applications.submit(
                    participant=person,
                    intake=intake,
                    preferences=[own],
                    by=SYSTEM,
                    now=now,
                )
        events.emit(
            kind=EventKind.INTAKE_OPEN,
            obj=intake,
            institutions=[institution],
            now=now,
        )
    return intake


def of(institution):
    """Return the intakes of an institution's seasons."""
    return Intake.objects.filter(program__code=_code_of(institution))


def _code_of(institution):
    return f"season-{institution.pk.hex}"


def _intake(institution, now):
    today = day_of(now)
    return Intake.objects.create(
        code=f"season-{token_hex(4)}",
        program=_program(institution),
        state=IntakeState.OPEN,
        opens_on=today - timedelta(days=7),
        closes_on=today,
        decide_by=today,
        starts_on=today,
        ends_on=today + STAY,
    )


def _program(institution):
    """Return the institution's own program, with what a place costs and who pays."""
    program, is_new = Program.objects.get_or_create(
        code=_code_of(institution),
        defaults={
            "title_en": "A season to try the API",
            "title_id": "Musim untuk mencoba API",
            "kind": ProgramKind.INTERNSHIP,
            "priority_sector": PrioritySector.SEMICONDUCTOR,
            "owner": Institution.objects.get(code=MINISTRY),
            "partner_country_id": "MY",
        },
    )
    if is_new:
        category, amount = AIRFARE
        CostRule.objects.create(
            program=program,
            category_id=category,
            formula=CostFormula.ONE_OFF,
            amount=amount,
        )
        rule = FundingRule.objects.create(program=program, category_id=category)
        rule.sources.set([FundingSource.objects.get(code=FUND)])
    return program


def _agreement(institution, intake):
    agreement = Agreement.objects.create(
        code=intake.code.upper(),
        title="Sandbox",
        state=AgreementState.IN_FORCE,
        valid_from=intake.opens_on,
        valid_to=intake.ends_on,
    )
    players = Institution.objects.filter(code__in=[HOST, SENDER])
    agreement.parties.set([institution, *players])
    fund = FundingSource.objects.get(code=FUND)
    BudgetLine.objects.get_or_create(source=fund, fiscal_year=intake.starts_on.year)
    return agreement


def _slot(intake, host, word, agreement, **fields):
    return Slot.objects.create(
        intake=intake,
        host=host,
        code=f"{intake.code}-{word}",
        role_title_en="Assembly trainee",
        role_title_id="Peserta magang perakitan",
        city="Contoh",
        country=host.country,
        starts_on=intake.starts_on,
        ends_on=intake.ends_on,
        capacity_max=SEATS,
        work_language="en",
        agreement=agreement,
        state=SlotState.OPEN,
        **fields,
    )


def _people(sender, intake, now):
    """Register the people of a season, and return them."""
    scale = LanguageScale.objects.filter(test="IELTS", cefr=Cefr.B2).first()
    paper = scale and {
        "test": scale.test,
        "band": scale.band,
        "scale_version": scale.version,
        "language": scale.language,
        "cefr": scale.cefr,
        "taken_on": intake.opens_on,
        "valid_to": intake.ends_on,
    }
    return [
        participants.register(
            by=SYSTEM,
            now=now,
            registered_by=sender,
            home_institution=sender,
            code=f"{intake.code}-{number}",
            given_name="Contoh",
            family_name=name,
            birth_date=intake.starts_on - timedelta(days=365 * 22 + number),
            sex=sex,
            citizenship_id="ID",
            kkni=5,
            isced_f="0714",
            languages=[paper] if paper and number <= SPEAKERS else [],
        )
        for number, (name, sex) in enumerate(PEOPLE, start=1)
    ]
