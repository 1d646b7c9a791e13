"""The fields that a column of an own sheet can be taken for, with their names."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from programs.transfer.kinds.applications import CHOICES, USUAL

CERTIFICATE, CERTIFICATE_DAY = "certificate", "certificate_day"
"""Fields that become an entry of ``languages`` together."""
PARTS = {"languages": (CERTIFICATE, CERTIFICATE_DAY)}
NAMES = {
    "code": _("participant's code"),
    "participant": _("participant's code"),
    "given_name": _("name"),
    "family_name": _("family name"),
    "birth_date": _("date of birth"),
    "sex": _("sex"),
    "citizenship": _("citizenship"),
    "province_kemendagri": _("province"),
    "province_bps": _("province (code of BPS)"),
    "regency_kemendagri": _("regency or city"),
    "home_institution": _("home institution"),
    "registered_by": _("registered by"),
    "nominated_by": _("nominated by"),
    "kkni": _("level of education (KKNI)"),
    "isced_f": _("field of study (ISCED-F)"),
    "email": _("e-mail"),
    "nik": _("NIK"),
    "passport": _("passport number"),
    "disability": _("disability"),
    "skills": _("skills"),
    "languages": _("language certificates"),
    "availability": _("free times"),
    "education": _("studies"),
    "employment": _("jobs"),
    "facts": _("facts"),
    "sensitive_facts": _("sensitive facts"),
    "intake": _("intake"),
    "team": _("team"),
    "merit_score": _("merit score"),
    "carry_over_points": _("carry-over points"),
    CERTIFICATE: _("language certificate (test and band)"),
    CERTIFICATE_DAY: _("day of the language test"),
}
"""What people call a column; one that is not here is shown by its own name."""


@dataclass(frozen=True)
class Field:
    """Something a column can be taken for."""

    name: str
    label: str
    required: bool = False
    private: bool = False


def fields_of(kind):
    """Return {name: field} of a kind of rows, in the order of its columns."""
    found = {}
    for column in kind.columns:
        if column.name in CHOICES[USUAL:]:
            continue
        private = getattr(column, "private", False)
        found[column.name] = Field(
            column.name, label_of(column.name), column.required, private
        )
        for part in PARTS.get(column.name, ()):
            found[part] = Field(part, label_of(part))
    return found


def label_of(name):
    """Return what people call a field."""
    if name in CHOICES:
        return str(_("preference %(rank)s") % {"rank": name.rpartition("_")[2]})
    return str(NAMES.get(name, name.replace("_", " ")))
