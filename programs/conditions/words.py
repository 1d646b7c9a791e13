"""A condition as a sentence, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

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
from programs.formats import number
from programs.isced import FIELDS

from .case import NEAR
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
from .vocabulary import FACTS, KM, THIS, UNITS, Kind, Nearness, Of, kind_of
from .writing import write

Names = Mapping[str, Mapping[str, str]]
"""Names of facts by their code, of rows by their ``naming.key``, in both languages."""
STUDIES = {code: {"en": english, "id": local} for code, english, local in FIELDS}
DAY = UNITS["days"]
Told = Mapping[str, str]
"""What somebody holds, by the text of the comparison."""
CHOICES = {
    Of.SEX: Sex,
    Of.INSTITUTION_KIND: InstitutionKind,
    Of.PROGRAM_KIND: ProgramKind,
    Of.EVIDENCE: SkillEvidence,
    Of.EDUCATION: EducationLevel,
    Of.NEARNESS: Nearness,
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
    "length": gettext_noop("length of the stay"),
    "distance": gettext_noop(
        "distance from the capital of the home province to that of the place's"
    ),
    "nearness": gettext_noop("nearness of the place to home:"),
    "language": gettext_noop("%(language)s"),
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
    names: of defined facts and of rows, in both languages; codes where they lack.
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
            held = _shown(leaf, self.held[key], self.names)
            if leaf.fact in NEAR:
                return _("%(needed)s (here: %(held)s)") % {"needed": text, "held": held}
            return _("%(needed)s (%(held)s held)") % {"needed": text, "held": held}
        return text


def _leaf(leaf: Leaf, names: Names) -> str:
    if kind_of(leaf) == Kind.TRUTH:
        return _truth(leaf, names, is_denied=False)
    text = f"{_subject(leaf, names)} {_relation(leaf, names)}"
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
            text = words % {"list": _named(Of.LIST, about["list"], names)}
        case "completed":
            words = (
                _("no stay completed%(where)s")
                if is_denied
                else _("a stay completed%(where)s")
            )
            text = words % {"where": scope(about, names)}
        case unknown:
            raise KeyError(unknown)
    if leaf.on:
        text = _("%(fact)s on %(day)s") % {"fact": text, "day": day(leaf.on)}
    return text


def _subject(leaf: Leaf, names: Names) -> str:
    about = dict(leaf.about)
    skill = _named(Of.SKILL, about.get("skill", ""), names)
    evidence = SkillEvidence(about["evidence"]).label if "evidence" in about else ""
    name = "skill by" if evidence else leaf.fact
    return _(SUBJECTS[name]) % {
        "name": about.get("test") or skill or _name(about.get("fact", ""), names),
        "language": _language(about.get("language", "")),
        "evidence": evidence,
        "where": _where(leaf, about, names),
    }


def _name(code: str, names: Names, default: str = "") -> str:
    language = "id" if (get_language() or "en").startswith("id") else "en"
    return names.get(code, {}).get(language, default or code)


def _named(of: Of | None, code: str, names: Names) -> str:
    """Return what a code is called, where it names something that has a name."""
    if of is Of.FIELD and code in STUDIES:
        return f"{_name(code, STUDIES)} ({code})"
    return _name(f"{of}:{code}", names, code) if code else ""


def _where(leaf: Leaf, about: Mapping[str, str], names: Names) -> str:
    if FACTS[leaf.fact].has_scope:
        return scope(about, names)
    if "field" in about:
        field = _named(Of.FIELD, about["field"], names)
        return " " + _("in field %(field)s") % {"field": field}
    return ""


def _relation(leaf: Leaf, names: Names) -> str:
    words = {
        ">=": _("at least %(value)s"),
        "<=": _("at most %(value)s"),
        ">": _("more than %(value)s"),
        "<": _("less than %(value)s"),
        "=": "%(value)s" if kind_of(leaf) == Kind.CODE else _("exactly %(value)s"),
        "!=": _("not %(value)s"),
        "in": "%(value)s",
        "not in": _("none of %(value)s"),
    }
    days = {
        ">=": _("on or after %(value)s"),
        "<=": _("on or before %(value)s"),
        ">": _("after %(value)s"),
        "<": _("before %(value)s"),
    }
    if leaf.day:
        return (words | days)[leaf.op] % {"value": day(leaf.day)}
    values = [_value(leaf, value, names) for value in leaf.values]
    between = ", " if leaf.op == "not in" else _(" or ")
    return words[leaf.op] % {"value": between.join(values)}


def _value(leaf: Leaf, value: str, names: Names) -> str:
    if leaf.unit == KM:
        return _("%(number)s km") % {"number": number(Decimal(value), decimals=2)}
    if leaf.unit:
        return time(value, leaf.unit)
    if kind_of(leaf) == Kind.NUMBER:
        return number(Decimal(value), decimals=2)
    fact = FACTS[leaf.fact]
    if fact.of in CHOICES:
        return str(CHOICES[fact.of](value).label)
    if fact.of is Of.COUNTRY:
        return _locale().territories.get(value, value)
    return _named(fact.of, value, names)


def _shown(leaf: Leaf, value: str, names: Names) -> str:
    """Return what somebody holds, which is in no unit but the fact's own."""
    kind = kind_of(leaf)
    if kind == Kind.DAY:
        return date_format(date.fromisoformat(value))
    if kind == Kind.DURATION:
        return _lasted(int(value), leaf.unit)
    if not value:
        return _("none")
    return _value(leaf, value, names)


def _lasted(days: int, unit: str) -> str:
    """Return a time somebody has, no longer than it is, in the unit that is asked for.

    Years go with their months; less than a month is told in days.
    """
    whole = days * DAY
    years = whole // UNITS["years"] if unit == "years" else 0
    months = (whole - years * UNITS["years"]) // UNITS["months"]
    if unit == "days" or not (years or months):
        return time(str(days), "days")
    parts = [(years, "years"), (months, "months")]
    return " ".join(time(str(part), name) for part, name in parts if part)


def scope(about: Mapping[str, str], names: Names) -> str:
    """Return which stays are meant, to be put behind a noun."""
    parts = (_narrowed(name, value, names) for name, value in about.items())
    return "".join(f" {part}" for part in parts)


def _narrowed(name: str, value: str, names: Names) -> str:
    if value == THIS:
        return {
            "program": _("in this program"),
            "kind": _("of this kind of program"),
            "in": _("in the country of the place"),
            "host": _("with this host"),
        }[name]
    match name:
        case "program":
            program = _named(Of.PROGRAM, value, names)
            return _("in the program “%(program)s”") % {"program": program}
        case "kind":
            return _("of the kind %(kind)s") % {"kind": ProgramKind(value).label}
        case "in":
            country = _locale().territories.get(value, value)
            return _("in %(country)s") % {"country": country}
        case "host":
            host = _named(Of.INSTITUTION, value, names)
            return _("with the host “%(host)s”") % {"host": host}
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


def time(length: str, unit: str) -> str:
    """Return a time in words, such as 2 years."""
    many = 1 if length == "1" else 2
    words = {
        "days": ngettext("%(number)s day", "%(number)s days", many),
        "months": ngettext("%(number)s month", "%(number)s months", many),
        "years": ngettext("%(number)s year", "%(number)s years", many),
    }
    return words[unit] % {"number": number(Decimal(length), decimals=2)}


def _language(code: str) -> str:
    return _locale().languages.get(code.replace("-", "_"), code)


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").partition("-")[0])
