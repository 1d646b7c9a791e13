"""Rules about who a person is: citizenship, age, qualification, field of study."""

from programs.eligibility.columns import Array, At
from programs.eligibility.facts import Facts

from .rule import FAIL, Broken, Numbers, Rule


def citizenship(f: Facts, p: At, s: At) -> Broken:
    """The program admits the person's citizenship."""
    needed = f.slots.citizenship[s]
    return (needed >= 0) & (needed != f.people.citizenship[p]), FAIL


def age(f: Facts, p: At, s: At) -> Broken:
    """The person's age on the first day is within the program's bounds."""
    lived = _lived(f, p, s)
    too_young = lived < f.slots.min_age[s] * 10_000
    return too_young | (lived >= (f.slots.max_age[s] + 1) * 10_000), FAIL


def kkni(f: Facts, p: At, s: At) -> Broken:
    """The person's qualification reaches the program's and the slot's level."""
    return f.people.kkni[p] < f.slots.kkni[s], FAIL


def field(f: Facts, p: At, s: At) -> Broken:
    """The person studied a field that the program and the slot admit."""
    return ~f.slots.field_ok[f.people.field[p], s], FAIL


def _lived(f: Facts, p: At, s: At) -> Array:
    """Return completed years x 10,000 and a rest, on the first day of the slot."""
    return f.slots.start_ymd[s] - f.people.birth[p]


def _citizenship(f: Facts, p: int, s: int) -> Numbers:
    countries = list(f.codes.countries)
    held, needed = f.people.citizenship[p], f.slots.citizenship[s]
    return [({"held": countries[held], "needed": countries[needed]}, None)]


def _age(f: Facts, p: int, s: int) -> Numbers:
    birth, start = int(f.people.birth[p]), f.slots.facts[s]["starts_on"]
    youngest, oldest = int(f.slots.min_age[s]), int(f.slots.max_age[s])
    numbers = {"held": int(_lived(f, p, s)) // 10_000, "on": start.isoformat()}
    if numbers["held"] > oldest:
        return [(numbers | {"most": oldest}, None)]
    year, month, day = birth // 10_000 + youngest, birth // 100 % 100, birth % 100
    if (month, day) == (2, 29):
        month, day = 3, 1
    return [(numbers | {"least": youngest}, start.replace(year, month, day))]


def _kkni(f: Facts, p: int, s: int) -> Numbers:
    return [({"held": int(f.people.kkni[p]), "needed": int(f.slots.kkni[s])}, None)]


def _field(f: Facts, p: int, s: int) -> Numbers:
    row = f.slots.facts[s]
    wanted = (row["intake__program__isced_fields"], row["isced_fields"])
    held = list(f.codes.fields)[f.people.field[p]]
    return [({"held": held, "needed": [text for text in wanted if text]}, None)]


CITIZENSHIP = Rule("citizenship", citizenship, _citizenship)
AGE = Rule("age", age, _age)
KKNI = Rule("kkni", kkni, _kkni)
FIELD = Rule("field", field, _field)
