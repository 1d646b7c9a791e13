"""Small checks shared by models, forms, serializers and imports."""

import re
from datetime import date

from babel import Locale
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    r"\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
"""Letters nobody sees, and marks that turn the order of those one sees."""
NIK_PATTERN = re.compile(r"[0-9]{16}")

validate_currency = RegexValidator(
    r"^[A-Z]{3}$", _("Use a currency code of three capital letters, such as IDR.")
)
validate_isced = RegexValidator(
    r"^[0-9]{2,4}$", _("Use an ISCED-F code of two to four digits, such as 0714.")
)
validate_isced_list = RegexValidator(
    r"^[0-9]{2,4}(,[0-9]{2,4})*$",
    _("Use ISCED-F codes separated by commas, such as 0714,0613."),
)
validate_plain = RegexValidator(
    r"^[^:|]*$", _("Leave out colons and bars: files separate entries by them.")
)
validate_iso_3166_2 = RegexValidator(
    r"^[A-Z]{2}-[A-Z0-9]{1,3}$", _("Use an ISO 3166-2 code, such as ID-JB.")
)


def validate_language(tag):
    """Refuse what names no language: a tag nobody knows would match nobody."""
    if tag.partition("-")[0] not in Locale("en").languages:
        raise ValidationError(
            _("“%(tag)s” is no language tag; use one such as en, ja or zh-TW."),
            code="language",
            params={"tag": tag},
        )


def nik_birth_date(nik):
    """Return (year mod 100, month, day, is_female) encoded in a NIK.

    Digits 7-12 of a NIK are DDMMYY; women have 40 added to the day.
    """
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    return year, month, day - 40 if day > 40 else day, day > 40


def validate_nik(value):
    """Refuse anything but 16 digits that hold a possible date of birth."""
    if not NIK_PATTERN.fullmatch(value):
        raise ValidationError(_("A NIK has exactly 16 digits."), code="nik_digits")
    year, month, day, _female = nik_birth_date(value)
    try:
        date(2000 + year, month, day)
    except ValueError as error:
        raise ValidationError(
            _("Digits 7 to 12 of the NIK are not a date (DDMMYY)."), code="nik_date"
        ) from error


def holds_birth_date(nik, birth_date):
    """Return whether a NIK holds this day of birth."""
    held = nik_birth_date(nik)[:3]
    return held == (birth_date.year % 100, birth_date.month, birth_date.day)


def validate_nik_sex(nik, *, sex):
    """Refuse a NIK of the other sex."""
    *_born, is_female = nik_birth_date(nik)
    if is_female != (sex == "F"):
        raise ValidationError(_("The NIK holds another sex."), code="nik_sex")
