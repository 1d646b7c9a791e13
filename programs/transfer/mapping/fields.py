"""The fields that a column of an own sheet can be taken for, with their names."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from programs.models import Application, Participant
from programs.transfer.kinds.applications import CHOICES, USUAL

CERTIFICATE, CERTIFICATE_DAY = "certificate", "certificate_day"
"""Fields that become an entry of ``languages`` together."""
PARTS = {"languages": (CERTIFICATE, CERTIFICATE_DAY)}
NAMES = {
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
    "origin_kemendagri": _("province of origin"),
    "origin_bps": _("province of origin (code of BPS)"),
    "required_skills": _("skills required"),
    "preferred_skills": _("skills preferred"),
    "taught_skills": _("skills taught"),
    "resources": _("shared resources"),
    "reason": _("reason"),
    CERTIFICATE: _("language certificate (test and band)"),
    CERTIFICATE_DAY: _("day of the language test"),
}
"""What people call a column; one that is not here is called as its model says."""
PEOPLE = (Participant, Application)
"""What a row is in files whose ``code`` is a participant's."""


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
            column.name, label_of(kind, column.name), column.required, private
        )
        for part in PARTS.get(column.name, ()):
            found[part] = Field(part, label_of(kind, part))
    return found


def label_of(kind, name):
    """Return what people call a field of a kind of rows; "" for none, a whole row."""
    if not name:
        return ""
    if name in CHOICES:
        return str(_("preference %(rank)s") % {"rank": name.rpartition("_")[2]})
    if name == "code" and kind.model in PEOPLE:
        return str(NAMES["participant"])
    if name in NAMES:
        return str(NAMES[name])
    return str(kind.model._meta.get_field(name).verbose_name)
