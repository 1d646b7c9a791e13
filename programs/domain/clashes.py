"""What program and slot ask for together, and whether anybody could ever meet it.

Age, level, field and citizenship stand in fields of their own; they are conditions like
all others, and so is where and what a place is. A program and its slot hold together: a
place that nobody can meet is told when it is written, with the two parts that exclude
each other and where each of them stands.
"""

from functools import lru_cache

from django.utils.translation import gettext as _

from programs import conditions
from programs.choices import IntakeState
from programs.conditions.tree import All, Leaf, join, leaves, plain
from programs.models import Program, Slot
from programs.refusals import Refusal

PRESENT = (
    IntakeState.DRAFT,
    IntakeState.OPEN,
    IntakeState.CLOSED,
    IntakeState.ALLOCATING,
)
OF_PROGRAM = {"condition", "min_age", "max_age", "min_kkni", "isced_fields"} | {
    "citizenship"
}
OF_SLOT = {"condition", "min_kkni", "isced_fields", "country"}
"""Fields with which a place may become one that nobody can meet."""


def of_slot(slot):
    """Yield the refusal of a slot that nobody can meet, by itself or in its program."""
    program = slot.intake.program
    if slot.condition or program.condition:
        yield from _told(_of_both(slot, program))


def of_program(program, changed):
    """Yield the refusal of a program that nobody can meet, by itself or at a slot.

    Parameters
    ----------
    changed: names of the fields that are changed; ``None`` of a new program.
    """
    own = [*_of(program), *_of_kind(program)]
    found = list(_told(own)) if program.condition else []
    yield from found
    if found or changed is None or not OF_PROGRAM & set(changed):
        return
    seen = set()
    slots = Slot.objects.filter(intake__program=program, intake__state__in=PRESENT)
    for slot in slots.select_related("host").order_by("code"):
        parts = _of_both(slot, program)
        key = tuple(node for node, _where in parts)
        if key in seen or not (slot.condition or program.condition):
            continue
        seen.add(key)
        if refusals := list(_told(parts, _("the slot %(slot)s") % {"slot": slot.code})):
            yield refusals[0]
            return


def _of(row):
    """Yield (condition, where it stands) of what a program or slot asks of people."""
    of = _("the program") if isinstance(row, Program) else _("the slot")

    def named(name):
        label = row._meta.get_field(name).verbose_name
        return _("%(field)s of %(row)s") % {"field": label, "row": of}

    if row.condition:
        yield conditions.read(row.condition).node, named("condition")
    for name, fact, op in (
        ("min_age", "age", ">="),
        ("max_age", "age", "<="),
        ("min_kkni", "kkni", ">="),
    ):
        value = getattr(row, name, None)
        if value is not None:
            unit = "years" if fact == "age" else ""
            yield Leaf(fact, op=op, values=(str(value),), unit=unit), named(name)
    if fields := tuple(code for code in row.isced_fields.split(",") if code):
        yield Leaf("field", op="in", values=fields), named("isced_fields")
    if isinstance(row, Program) and row.citizenship_id:
        yield _is("citizenship", row.citizenship_id), named("citizenship")


def _of_both(slot, program):
    """Return what a slot and its program ask for, and what the place is."""
    asked = [*_of(slot), *_of(program)]
    names = {leaf.fact for node, _where in asked for leaf in leaves(node)}
    place = _("the place itself")
    if "destination" in names:
        asked.append((_is("destination", slot.country_id), place))
    if "host" in names:
        asked.append((_is("host", slot.host.code), place))
    return [*asked, *_of_kind(program)]


def _of_kind(program):
    place = _("the program itself")
    yield _is("program", program.code), place
    yield _is("program_kind", program.kind), place


def _is(fact, code):
    return Leaf(fact, op="=", values=(code,))


def _told(parts, there=""):
    """Yield the refusal of parts that exclude each other, with where each stands."""
    nodes = tuple(node for node, _where in parts)
    clash = _clash(nodes)
    # What contradicts itself is told of the condition alone.
    if clash is None or any(_clash((node,)) for node in nodes):
        return
    told = []
    for text in clash:
        found = [where for node, where in parts if text in _texts(node)]
        told.append(f"“{text}” ({found[0]})" if found else f"“{text}”")
    where = there and " " + _("At %(place)s.") % {"place": there}
    yield Refusal(
        "condition-impossible",
        _("Nobody can ever meet what is asked for: %(one)s and %(other)s exclude each "
          "other.")
        % {"one": told[0], "other": told[1]}
        + where,
        field="condition",
        one=clash[0],
        other=clash[1],
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _clash(nodes):
    return conditions.impossible(join(All, list(nodes)))


@lru_cache(maxsize=4096)
def _texts(node):
    """Return the comparisons of a condition as a contradiction names them."""
    found = {conditions.write(leaf) for leaf in leaves(plain(node))}
    return found | {f"not {text}" for text in found}
