"""Random conditions for Hypothesis: any tree over facts that need no rows."""

from hypothesis import strategies as st

from programs.conditions import All, Any, By, Day, Leaf, Not
from programs.conditions.tree import DAYS, join

NUMBERS = ("<", "<=", ">", ">=", "=", "!=")
DAY = st.one_of(
    st.builds(Day, st.sampled_from(DAYS)),
    st.builds(Day, st.dates().map(str)),
    st.builds(
        Day,
        st.sampled_from(DAYS),
        st.sampled_from([-90, -1, 2, 18]),
        st.sampled_from(["days", "months", "years"]),
    ),
)
ON = st.one_of(st.none(), DAY.filter(lambda day: day != Day()))
SCOPES = [
    (),
    (("program", "this"),),
    (("program", "titp-2"), ("in", "JP")),
    (("in", "this"), ("within", "2 years")),
    (("host", "this"),),
    (("kind", "internship"),),
]


def number(fact, values, *, unit="", on=ON, about=((),)):
    return st.builds(
        Leaf,
        st.just(fact),
        st.sampled_from(about),
        on,
        st.sampled_from(NUMBERS),
        st.sampled_from(values).map(lambda value: (value,)),
        st.just(unit),
    )


def codes(fact, values):
    few = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    one = st.sampled_from(values).map(lambda value: (value,))
    return st.one_of(
        st.builds(Leaf, st.just(fact), op=st.sampled_from(["=", "!="]), values=one),
        st.builds(
            Leaf,
            st.just(fact),
            op=st.sampled_from(["in", "not in"]),
            values=few.map(tuple),
        ),
    )


LEAVES = st.one_of(
    codes("destination", ["JP", "KR"]),
    codes("host", ["kyushu", "osaka"]),
    codes("program", ["titp-2"]),
    codes("program_kind", ["internship", "training"]),
    number("kkni", ["4", "5", "6"], on=st.none()),
    number("age", ["18", "22", "24"], unit="years"),
    number("merit", ["60", "72.5"], on=st.none()),
    number("language", ["A1", "A2", "B1"], about=[(("language", "ja"),)]),
    number("score", ["150", "200"], about=[(("test", "JFT-Basic"),)]),
    number(
        "skill",
        ["1", "2", "3"],
        about=[(("skill", "AI-1"),), (("skill", "AI-1"), ("evidence", "certificate"))],
    ),
    number("stays", ["1", "2"], about=SCOPES),
    number("dropped", ["1"], about=SCOPES),
    number("days_since", ["30", "183"], unit="days", about=SCOPES),
    number("education", ["sma", "d3", "s1"], about=[(), (("field", "07"),)]),
    number("studying", ["d3", "s1"], on=st.none(), about=[(), (("field", "0311"),)]),
    number("length", ["365", "366"], unit="days", on=st.none()),
    number("gpa", ["3", "3.25"], on=st.none()),
    number("semester", ["5"], on=st.none()),
    codes("accreditation", ["a", "unggul"]),
    number("experience", ["1"], unit="years", about=[(), (("field", "07"),)]),
    number("fact", ["10", "14.5"], about=[(("fact", "maths"),)]),
    st.builds(Leaf, st.just("fact"), st.just((("fact", "fit"),)), ON),
    st.builds(
        Leaf,
        st.just("fact"),
        st.just((("fact", "seen"),)),
        ON,
        st.sampled_from(NUMBERS),
        day=DAY,
    ),
    st.builds(
        Leaf,
        st.just("graduated"),
        op=st.sampled_from(NUMBERS),
        day=DAY,
    ),
    codes("sex", ["F", "M"]),
    codes("citizenship", ["ID", "MY"]),
    codes("field", ["07", "0714", "0311"]),
    codes("province", ["32", "53"]),
    number("distance", ["0", "308", "500"], unit="km", on=st.none()),
    codes("nearness", ["own", "neighbour", "farther"]),
    st.builds(Leaf, st.just("completed"), st.sampled_from(SCOPES), ON),
    st.builds(Leaf, st.just("on_list"), st.just((("list", "3t"),)), ON),
    st.builds(Leaf, st.sampled_from(["free", "disability"])),
    st.builds(Leaf, st.just("born"), op=st.sampled_from(NUMBERS), day=DAY),
)


def denied(node):
    return node.part if isinstance(node, Not) else Not(node)


def joined(kind):
    return lambda parts: join(kind, parts)


TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(denied),
        st.lists(inner, min_size=2, max_size=3).map(joined(All)),
        st.lists(inner, min_size=2, max_size=3).map(joined(Any)),
    ),
    max_leaves=8,
)

BY_DAYS = st.one_of(
    st.builds(Day, st.dates().map(str)),
    st.builds(Day, st.sampled_from(["first_day", "decision"]), st.just(-30)),
)
AWAITED = st.builds(
    By, TREES, BY_DAYS, st.one_of(st.none(), st.integers(min_value=1, max_value=100))
)
CONDITIONS = st.one_of(
    TREES,
    AWAITED,
    st.lists(st.one_of(TREES, AWAITED), min_size=2, max_size=3).map(joined(All)),
)
"""Trees, and trees of which parts are to be met by a day."""


def nested(parts):
    """Return a condition as deep as it has parts: and, or, not by turns."""
    node, *_more = (leaf for leaf, _is_denied in parts)
    for level, (leaf, is_denied) in enumerate(parts[1:]):
        node = join((All, Any)[level % 2], [denied(node) if is_denied else node, leaf])
    return node


DEEP = st.lists(st.tuples(LEAVES, st.booleans()), min_size=10, max_size=11).map(nested)
"""Conditions ten brackets deep."""
