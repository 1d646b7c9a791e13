"""Skills, language scales and levels of qualification."""

from datetime import date

from model_bakery.recipe import Recipe

from programs.choices import Cefr, SkillFamily
from programs.models import ExamSitting, LanguageScale, QualificationLevel, Skill

from .serial import serial

skill = Recipe(
    Skill,
    framework="SKKNI",
    code=serial("skill"),
    family=SkillFamily.ATP,
    name_en="Wire bonding",
    name_id="Penyambungan kawat",
)
language_scale = Recipe(
    LanguageScale,
    test="JLPT",
    version="2025",
    band="N4",
    language="ja",
    cefr=Cefr.A2,
)
qualification_level = Recipe(
    QualificationLevel,
    kkni=5,
    aqrf=5,
    eqf=5,
    name_en="Associate degree (D3)",
    name_id="Diploma tiga (D3)",
)
exam_sitting = Recipe(
    ExamSitting, test="JLPT", held_on=date(2027, 7, 4), result_days=60
)
