"""What a form offers instead of codes: languages, currencies, fields of study, levels.

Each is a list of (code, words) in the reader's language. A code that a row has and the
list lacks is offered as it is, so that opening and saving a form changes nothing.
"""

from babel import Locale
from django.utils.translation import get_language, gettext as _

from programs.isced import FIELDS
from programs.models import Country, QualificationLevel
from programs.models.base import localised

SPOKEN = ("id", "en", "ja", "ko", "zh", "de", "nl", "fr", "ar")
"""Languages that are asked for most, first in the list."""


def locale():
    """Return the reader's locale."""
    return Locale("id" if (get_language() or "en").startswith("id") else "en")


def languages(*more):
    """Return languages, those of partner countries included."""
    names = locale().languages
    native = Country.objects.exclude(native_language="").order_by("native_language")
    codes = dict.fromkeys(native.values_list("native_language", flat=True))
    rest = sorted(codes.keys() | set(more) - {""}, key=_language)
    known = [code for code in SPOKEN if code in names]
    wanted = dict.fromkeys([*known, *rest])
    return [(code, f"{_language(code)} ({code})") for code in wanted]


def _language(code):
    return locale().languages.get(code.replace("-", "_"), code)


def currencies(*more):
    """Return currencies of the countries there are, the rupiah first."""
    codes = Country.objects.order_by("currency").values_list("currency", flat=True)
    wanted = dict.fromkeys(["IDR", *codes, *(each for each in more if each)])
    names = locale().currencies
    return [(code, f"{code} – {names.get(code, code)}") for code in wanted]


def levels():
    """Return the levels of the national qualifications framework (KKNI)."""
    rows = QualificationLevel.objects.order_by("kkni")
    named = {row.kkni: row.name for row in rows}
    return [
        (kkni, f"{kkni} – {named[kkni]}" if kkni in named else str(kkni))
        for kkni in range(1, 10)
    ]


def fields_of_study(*more):
    """Return fields of study as groups of a list: (broad field, its fields)."""
    groups, known = [], set()
    for code, english, indonesian in FIELDS:
        known.add(code)
        words = f"{code} – {localised(english, indonesian)}"
        if len(code) == 2:
            groups.append((words, [(code, _("all of %(field)s") % {"field": words})]))
        else:
            groups[-1][1].append((code, words))
    if others := [(code, code) for code in more if code and code not in known]:
        groups.append((_("others"), others))
    return groups
