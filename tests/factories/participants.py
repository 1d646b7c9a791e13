"""People, what they can do, and when they are free."""

from datetime import UTC, date, datetime

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import Cefr, Purpose, RightsKind, Sex, SkillEvidence
from programs.models import (
    Availability,
    Consent,
    Education,
    Employment,
    FactDefinition,
    LanguageCertificate,
    Merger,
    Participant,
    PersonFact,
    PersonKey,
    RightsRequest,
    SkillClaim,
)

from .geography import indonesia, west_java
from .institutions import institution
from .serial import serial
from .skills import skill

participant = Recipe(
    Participant,
    code=serial("person"),
    given_name="Sari",
    family_name="Wulandari",
    birth_date=date(2003, 5, 17),
    sex=Sex.FEMALE,
    citizenship=indonesia,
    province=west_java,
    home_institution=foreign_key(institution),
    registered_by=foreign_key(institution),
    kkni=5,
    isced_f="0714",
)
skill_claim = Recipe(
    SkillClaim,
    participant=foreign_key(participant),
    skill=foreign_key(skill),
    level=2,
    evidence=SkillEvidence.CERTIFICATE,
)
language_certificate = Recipe(
    LanguageCertificate,
    participant=foreign_key(participant),
    language="ja",
    test="JLPT",
    band="N5",
    scale_version="2025",
    cefr=Cefr.A1,
    taken_on=date(2026, 7, 5),
)
education = Recipe(
    Education,
    participant=foreign_key(participant),
    level="s1",
    isced_f="0714",
    status="graduated",
    graduated_on=date(2025, 8, 1),
    institution="Politeknik Negeri Batam",
)
employment = Recipe(
    Employment,
    participant=foreign_key(participant),
    employer="PT Maju",
    isced_f="0714",
    starts_on=date(2024, 1, 1),
)
fact_definition = Recipe(
    FactDefinition,
    code=serial("fact"),
    name_en="Maths test",
    name_id="Tes matematika",
    kind="number",
    is_verified=False,
)
person_fact = Recipe(
    PersonFact,
    participant=foreign_key(participant),
    definition=foreign_key(fact_definition),
    value="14",
    valid_from=date(2027, 1, 5),
)
availability = Recipe(
    Availability,
    participant=foreign_key(participant),
    starts_on=date(2027, 1, 1),
    ends_on=date(2029, 1, 1),
)
rights_request = Recipe(
    RightsRequest,
    participant=foreign_key(participant),
    kind=RightsKind.ACCESS,
    received_at=datetime(2027, 2, 1, 3, tzinfo=UTC),
    due_at=datetime(2027, 2, 4, 3, tzinfo=UTC),
    received_by="user:1",
)
consent = Recipe(
    Consent,
    participant=foreign_key(participant),
    purpose=Purpose.DISABILITY,
    given_on=date(2027, 1, 4),
    evidence="Form 12, signed",
    recorded_at=datetime(2027, 1, 5, 3, tzinfo=UTC),
    recorded_by="user:1",
)
merger = Recipe(
    Merger,
    kept=foreign_key(participant),
    gone=foreign_key(participant),
    merged_at=datetime(2027, 1, 5, 3, tzinfo=UTC),
    merged_by="user:1",
    content="{}",
)
person_key = Recipe(PersonKey, participant=foreign_key(participant), key="k")
