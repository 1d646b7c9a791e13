"""Quotas, pins and weights."""

from datetime import UTC, datetime

from model_bakery.recipe import Recipe, foreign_key

from programs.choices import PinKind, QuotaAttribute, QuotaKind, QuotaMeasure, Sex
from programs.models import GroupPin, ObjectiveProfile, Pin, ProfileCondition, Quota

from .applications import application
from .institutions import user
from .programs import intake, slot
from .serial import serial

quota = Recipe(
    Quota,
    code=serial("quota"),
    name_en="Women",
    name_id="Perempuan",
    intake=foreign_key(intake),
    attribute=QuotaAttribute.SEX,
    sex=Sex.FEMALE,
    kind=QuotaKind.FLOOR,
    measure=QuotaMeasure.PERCENT,
    value=30,
)
pin = Recipe(
    Pin,
    application=foreign_key(application),
    slot=foreign_key(slot),
    kind=PinKind.PIN,
    reason="Agreed with the host.",
    created_by=foreign_key(user),
    created_at=datetime(2027, 2, 15, 3, tzinfo=UTC),
)
group_pin = Recipe(
    GroupPin,
    code=serial("group"),
    name_en="Women go there",
    name_id="Perempuan ke sana",
    kind=PinKind.PIN,
    condition="sex = F",
    intake=foreign_key(intake),
    reason="Agreed with the host.",
)
objective_profile = Recipe(
    ObjectiveProfile,
    code=serial("profile"),
    name_en="Balanced",
    name_id="Seimbang",
    description_en="People first, then fit.",
    description_id="Orang dahulu, lalu kecocokan.",
)
profile_condition = Recipe(
    ProfileCondition,
    profile=foreign_key(objective_profile),
    code=serial("points"),
    condition="kkni >= 6",
    points=50,
)
