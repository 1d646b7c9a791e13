"""A condition as a sentence, in the reader's language."""

from collections.abc import Mapping
from datetime import date

from babel import Locale
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, gettext_noop, ngettext

from programs.choices import (
    EducationLevel,
    InstitutionKind,
    ProgramKind,
    Sex,
    SkillEvidence,
)

from .tree import (
    APPLIED,
    DECIDED,
    FIRST,
    LAST,
    All,
    Any as Either,
    By,
    Day,
    Leaf,
    Node,
    Not,
    plain,
)
from .vocabulary import FACTS, THIS, Kind, Of, kind_of
from .writing import write

Names = Mapping[str, Mapping[str, str]]
"""Names of facts by their code, in both languages."""
Told = Mapping[str, str]
"""What somebody holds, by the text of the comparison."""
CHOICES = {
    Of.SEX: Sex,
    Of.INSTITUTION_KIND: InstitutionKind,
    Of.PROGRAM_KIND: ProgramKind,
    Of.EVIDENCE: SkillEvidence,
    Of.EDUCATION: EducationLevel,
}
SUBJECTS = {
    "age": gettext_noop("age"),
    "born": gettext_noop("date of birth"),
    "sex": gettext_noop("sex"),
    "citizenship": gettext_noop("citizenship"),
    "province": gettext_noop("province"),
    "regency": gettext_noop("regency or city"),
    "kkni": gettext_noop("KKNI level"),
    "field": gettext_noop("field of study (ISCED-F)"),
    "home": gettext_noop("home institution"),
    "home_kind": gettext_noop("kind of home institution"),
    "merit": gettext_noop("merit score"),
    "destination": gettext_noop("country of the place"),
    "host": gettext_noop("host of the place"),
    "program": gettext_noop("program of the place"),
    "program_kind": gettext_noop("kind of program"),
    "language": "%(language)s",
    "score": gettext_noop("score in %(name)s"),
    "skill": gettext_noop("skill %(name)s"),
    "skill by": gettext_noop("skill %(name)s by %(evidence)s or better"),
    "stays": gettext_noop("stays completed%(where)s"),
    "dropped": gettext_noop("places given up%(where)s"),
    "days_since": gettext_noop("time since the last stay%(where)s"),
    "education": gettext_noop("highest education%(where)s"),
    "studying": gettext_noop("present study%(where)s"),
    "gpa": gettext_noop("grade point average"),
    "semester": gettext_noop("semester"),
    "accreditation": gettext_noop("accreditation of the study"),
    "graduated": gettext_noop("day of graduation%(where)s"),
    "experience": gettext_noop("work experience%(where)s"),
    "fact": "%(name)s",
}
"""What is compared, in words, by the name of the fact."""


def sentence(
    node: Node,
    *,
    held: Told | None = None,
    unknown: tuple[str, ...] = (),
    names: Names | None = None,
) -> str:
    """Return what a condition asks for.

    Parameters
    ----------
    held: what somebody has instead, told behind each comparison it is known of.
    unknown: the comparisons for which nothing is stated.
    names: of facts that the ministry has defined, by code, in both languages.
    """
    return _Words(held or {}, unknown, names or {}).of(plain(node))


class _Words:
    """Puts a tree into words, with what somebody holds behind each comparison."""

    def __init__(self, held: Told, unknown: tuple[str, ...], names: Names) -> None:
        self.held, self.unknown, self.names = held, unknown, names

    def of(self, node: Node) -> str:
        match node:
            case All(parts):
                return _(" and ").join(map(self.inner, parts))
            case Either(parts):
                return _(" or ").join(map(self.inner, parts))
            case Not(Leaf() as leaf):
                return self.told(leaf, _truth(leaf, self.names, is_denied=True))
            case Leaf():
                return self.told(node, _leaf(node, self.names))
            case By(part, until, chance):
                return self.met_by(part, until, chance)
            case Not():  # plain() leaves none
                raise AssertionError(node)

    def inner(self, node: Node) -> str:
        """Return a part, in brackets where it is joined itself."""
        text = self.of(node)
        return f"({text})" if isinstance(node, All | Either | By) else text

    def met_by(self, part: Node, until: Day, chance: int | None) -> str:
        told = {"needed": self.of(part), "day": day(until)}
        if chance is None:
            return _("%(needed)s, to be met by %(day)s") % told
        return _(
            "%(needed)s, to be met by %(day)s, which %(chance)d%% are expected to"
        ) % (told | {"chance": chance})

    def told(self, leaf: Leaf, text: str) -> str:
        key = write(leaf)
        if key in self.unknown:
            return _("%(needed)s (not known)") % {"needed": text}
        if key in self.held:
            held = _shown(leaf, self.held[key])
            return _("%(needed)s (%(held)s held)") % {"needed": text, "held": held}
        return text


def _leaf(leaf: Leaf, names: Names) -> str:
    if kind_of(leaf) == Kind.TRUTH:
        return _truth(leaf, names, is_denied=False)
    text = f"{_subject(leaf, names)} {_relation(leaf)}"
    if leaf.on or leaf.fact == "age":
        text = _("%(fact)s on %(day)s") % {"fact": text, "day": day(leaf.on or Day())}
    return text


def _truth(leaf: Leaf, names: Names, *, is_denied: bool) -> str:
    about = dict(leaf.about)
    match leaf.fact:
        case "disability":
            text = (
                _("no disability declared") if is_denied else _("disability declared")
            )
        case "free":
            text = (
                _("not free for the whole stay")
                if is_denied
                else _("free for the whole stay")
            )
        case "fact":
            words = _("%(name)s: no") if is_denied else _("%(name)s: yes")
            text = words % {"name": _name(about["fact"], names)}
        case "on_list":
            words = (
                _("home region not on the list “%(list)s”")
                if is_denied
                else _("home region on the list “%(list)s”")
            )
            text = words % {"list": about["list"]}
        case "completed":
            words = (
                _("no stay completed%(where)s")
                if is_denied
                else _("a stay completed%(where)s")
            )
            text = words % {"where": scope(about)}
        case unknown:
            raise KeyError(unknown)
    if leaf.on:
        text = _("%(fact)s on %(day)s") % {"fact": text, "day": day(leaf.on)}
    return text


def _subject(leaf: Leaf, names: Names) -> str:
    about = dict(leaf.about)
    fact = about.get("fact", "")
    evidence = SkillEvidence(about["evidence"]).label if "evidence" in about else ""
    name = "skill by" if evidence else leaf.fact
    return _(SUBJECTS[name]) % {
        "name": about.get("test") or about.get("skill") or _name(fact, names),
        "language": _language(about.get("language", "")),
        "evidence": evidence,
        "where": _where(leaf, about),
    }


def _name(code: str, names: Names) -> str:
    language = "id" if (get_language() or "en").startswith("id") else "en"
    return names.get(code, {}).get(language, code)


def _where(leaf: Leaf, about: Mapping[str, str]) -> str:
    if FACTS[leaf.fact].has_scope:
        return scope(about)
    if "field" in about:
        return " " + _("in field %(field)s") % about
    return ""


def _relation(leaf: Leaf) -> str:
    words = {
        ">=": _("at least %(value)s"),
        "<=": _("at most %(value)s"),
        ">": _("more than %(value)s"),
        "<": _("less than %(value)s"),
        "=": "%(value)s",
        "!=": _("not %(value)s"),
        "in": "%(value)s",
        "not in": _("not %(value)s"),
    }
    days = {
        ">=": _("on or after %(value)s"),
        "<=": _("on or before %(value)s"),
        ">": _("after %(value)s"),
        "<": _("before %(value)s"),
    }
    if leaf.day:
        return (words | days)[leaf.op] % {"value": day(leaf.day)}
    values = [_value(leaf, value) for value in leaf.values]
    return words[leaf.op] % {"value": _(" or ").join(values)}


def _value(leaf: Leaf, value: str) -> str:
    if leaf.unit:
        return time(value, leaf.unit)
    fact = FACTS[leaf.fact]
    if fact.of in CHOICES:
        return str(CHOICES[fact.of](value).label)
    if fact.of is Of.COUNTRY:
        return _locale().territories.get(value, value)
    return value


def _shown(leaf: Leaf, value: str) -> str:
    """Return what somebody holds, which is in no unit but the fact's own."""
    kind = kind_of(leaf)
    if kind == Kind.DAY:
        return date_format(date.fromisoformat(value))
    if kind == Kind.DURATION:
        return time(value, "days")
    if not value:
        return _("none")
    return _value(leaf, value)


def scope(about: Mapping[str, str]) -> str:
    """Return which stays are meant, to be put behind a noun."""
    return "".join(" " + _narrowed(name, value) for name, value in about.items())


def _narrowed(name: str, value: str) -> str:
    if value == THIS:
        return {
            "program": _("in this program"),
            "kind": _("of this kind of program"),
            "in": _("in the country of the place"),
            "host": _("with this host"),
        }[name]
    match name:
        case "program":
            return _("in the program “%(program)s”") % {"program": value}
        case "kind":
            return _("of the kind %(kind)s") % {"kind": ProgramKind(value).label}
        case "in":
            country = _locale().territories.get(value, value)
            return _("in %(country)s") % {"country": country}
        case "host":
            return _("with the host “%(host)s”") % {"host": value}
        case "within":
            return _("in the last %(time)s") % {"time": time(*value.split())}
        case unknown:
            raise KeyError(unknown)


def day(on: Day) -> str:
    """Return a day in words."""
    named = {
        FIRST: _("the first day of the stay"),
        LAST: _("the last day of the stay"),
        APPLIED: _("the day of the application"),
        DECIDED: _("the day of the decision"),
    }
    name = named.get(on.name) or date_format(date.fromisoformat(on.name))
    if not on.shift:
        return name
    words = (
        _("the day %(time)s before %(day)s")
        if on.shift < 0
        else _("the day %(time)s after %(day)s")
    )
    return words % {"time": time(str(abs(on.shift)), on.unit), "day": name}


def time(number: str, unit: str) -> str:
    """Return a time in words, such as 2 years."""
    many = 1 if number == "1" else 2
    words = {
        "days": ngettext("%(number)s day", "%(number)s days", many),
        "months": ngettext("%(number)s month", "%(number)s months", many),
        "years": ngettext("%(number)s year", "%(number)s years", many),
    }
    return words[unit] % {"number": number}


def _language(code: str) -> str:
    return _locale().languages.get(code.replace("-", "_"), code)


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").partition("-")[0])
