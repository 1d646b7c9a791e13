"""Reading a condition from one line of text.

    condition  = also {"or" also}
    also       = part {"and" part}
    part       = "not" part | ("(" condition ")" | comparison) ["by" day ["at" chance]]
    comparison = fact ["(" about ")"] ["on" day] [operator value [unit]]
    day        = [number unit ("before" | "after")] (name | date)

What is to be met ``by`` a day is joined to the rest by ``and`` alone: whoever waits for
somebody waits for one thing until one day.

Everything else depends on the fact: ``vocabulary.FACTS`` says what stands in its
brackets and what it is compared with.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

from django.utils.translation import gettext as _

from .terms import ISO_DAY, UNIT_NAMES, Reference, Terms
from .tokens import Token, split
from .tree import (
    DAYS,
    DECIDED,
    FIRST,
    All,
    Any,
    By,
    Day,
    Leaf,
    Node,
    Not,
    awaited,
    join,
    requirements,
)
from .vocabulary import FACTS, KM, NUMBER, SCOPE, THIS, Fact, Kind, Of

DEEPEST = 20
"""Brackets within brackets."""
MOST_LEAVES = 100
ORDERED = ("<", "<=", ">", ">=", "=", "!=")
CODED = ("=", "!=")
FACT_WORD = re.compile(r"[^\W\d]\w*(?:-\w+)*")
"""A word that a fact may have for its value."""
JOINS = ("and", "or", "not", "on", "in", "by", "at")
MOST_CHANCE = 100
MOST_AWAITED = 8
"""Things that are to be met by a day: every set of them has a chance of its own."""


@dataclass(frozen=True)
class Parsed:
    """A condition that was read, and the rows it names."""

    node: Node
    references: tuple[Reference, ...]


@lru_cache(maxsize=4096)
def read(text: str) -> Parsed:
    """Return the tree of a condition.

    Raises
    ------
    Unreadable: with the place, and what could stand there.
    """
    return _Reader(split(text)).whole()


def read_day(text: str) -> Day:
    """Return a day from its text.

    Raises
    ------
    Unreadable: it is none.
    """
    reader = Terms(split(text))
    day = reader.day()
    if reader.here.kind != "end":
        raise reader.wrong(_("nothing more is expected behind a day"))
    return day


class _Reader(Terms):
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.depth = 0
        self.count = 0
        self.awaited: dict[By, Token] = {}

    def whole(self) -> Parsed:
        if self.here.kind == "end":
            raise self.wrong(_("a condition is expected, such as kkni >= 6"))
        node = self.any_of()
        if self.here.value == "," and self.is_decimal():
            raise self.wrong(_("a decimal has a point, as in 72.5"))
        if self.here.kind != "end":
            raise self.wrong(
                _("“and”, “or” or the end is expected, not “%(word)s”")
                % {"word": self.here.value}
            )
        self.no_by_within(node)
        if len(awaited(node)) > MOST_AWAITED:
            raise self.wrong(
                _("at most %(most)d things are to be met by a day")
                % {"most": MOST_AWAITED},
                list(self.awaited.values())[MOST_AWAITED],
            )
        return Parsed(node, tuple(self.references))

    def no_by_within(self, node: Node) -> None:
        """Refuse a ``by`` that stands within ``or``, ``not`` or another ``by``."""
        for by, token in self.awaited.items():
            if by not in requirements(node):
                raise self.wrong(
                    _(
                        "“by” is for what is joined to the rest by “and” alone; put "
                        "brackets before it: (… or …) by 2027-03-01"
                    ),
                    token,
                )

    def is_decimal(self) -> bool:
        """Return whether a comma stands between two numbers, as in 72,5."""
        around = self.tokens[self.at - 1], self.tokens[self.at + 1]
        return all(NUMBER.fullmatch(token.value) for token in around)

    def any_of(self) -> Node:
        parts = [self.all_of()]
        while self.has("or"):
            parts.append(self.all_of())
        return join(Any, parts)

    def all_of(self) -> Node:
        parts = [self.part()]
        while self.has("and"):
            parts.append(self.part())
        return join(All, parts)

    def part(self) -> Node:
        first = self.here
        if not self.has("not", "("):
            return self.met_by(self.comparison())
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(
                _("at most %(most)d brackets stand within each other")
                % {"most": DEEPEST},
                first,
            )
        if first.value == "not":
            inner = self.part()
            node = inner.part if isinstance(inner, Not) else Not(inner)
        else:
            node = self.any_of()
            self.want(")")
            node = self.met_by(node)
        self.depth -= 1
        return node

    def met_by(self, node: Node) -> Node:
        """Return what was read, to be met by the day that follows, if one does."""
        token = self.here
        if not self.has("by"):
            return node
        place = self.here
        day = self.day()
        if day.name in DAYS and day.name not in (FIRST, DECIDED):
            raise self.wrong(
                _("“by” takes a date, or a day before or after first_day or decision"),
                place,
            )
        by = By(node, day, self.chance())
        self.awaited[by] = token
        return by

    def chance(self) -> int | None:
        if not self.has("at"):
            return None
        token = self.here
        number = self.number()
        self.want("%")
        if "." in number or not 1 <= int(number) <= MOST_CHANCE:
            raise self.wrong(_("a chance goes from 1% to 100%"), token)
        return int(number)

    def comparison(self) -> Node:
        token = self.take()
        self.count += 1
        if self.count > MOST_LEAVES:
            raise self.wrong(
                _("a condition compares at most %(most)d facts")
                % {"most": MOST_LEAVES},
                token,
            )
        fact = self.known(token)
        about = self.about(token.value, fact)
        on = self.asked_on(token.value, fact)
        if fact.kind == Kind.ANY:
            return self.defined(token.value, about, on)
        if fact.kind == Kind.TRUTH:
            self.no_operator(token.value)
            return Leaf(token.value, about, on)
        return self.compared(token.value, fact, about, on)

    def known(self, token: Token) -> Fact:
        if token.kind == "word" and token.value in FACTS:
            return FACTS[token.value]
        if token.kind != "word" or token.value in JOINS:
            raise self.wrong(_("the name of a fact is expected, such as kkni"), token)
        close = get_close_matches(token.value.lower(), FACTS, n=1, cutoff=0.5)
        told = {"word": token.value, "near": close[0] if close else ""}
        if close:
            message = _("“%(word)s” is no fact; perhaps “%(near)s” is meant") % told
        else:
            message = _("“%(word)s” is no fact; the facts are: %(facts)s") % (
                told | {"facts": ", ".join(FACTS)}
            )
        raise self.wrong(message, token)

    # What stands in brackets behind a fact

    def about(self, name: str, fact: Fact) -> tuple[tuple[str, str], ...]:
        if not fact.asks or (not fact.needed and self.here.value != "("):
            return ()
        if not self.has("("):
            first = fact.asks[0][1]
            raise self.wrong(
                _("“%(fact)s” needs a %(what)s in brackets")
                % {"fact": name, "what": first.label}
            )
        about = self.scope() if fact.has_scope else self.named(fact)
        self.want(")")
        return about

    def named(self, fact: Fact) -> tuple[tuple[str, str], ...]:
        found = []
        for number, (name, of) in enumerate(fact.asks):
            if number and not self.has(","):
                break
            found.append((name, self.code(of)))
        return tuple(found)

    def scope(self) -> tuple[tuple[str, str], ...]:
        self.has("stay")
        found: dict[str, str] = {}
        while self.here.value != ")" or self.here.kind == "text":
            self.has(",")
            token = self.here
            name, value = self.narrowed()
            if name in found:
                raise self.wrong(_("this is said twice"), token)
            found[name] = value
        return tuple((name, found[name]) for name in SCOPE if name in found)

    def narrowed(self) -> tuple[str, str]:
        token = self.take()
        if token.value == THIS and token.kind == "word":
            kind = self.take()
            names = {"country": "in"} | {n: n for n in ("program", "kind", "host")}
            if kind.value not in names:
                raise self.wrong(
                    _("one of these is expected: %(words)s")
                    % {"words": "program, kind, country, host"},
                    kind,
                )
            return names[kind.value], THIS
        if token.value not in SCOPE or token.kind != "word":
            raise self.wrong(
                _("one of these is expected: %(words)s")
                % {"words": ", ".join((THIS, *SCOPE))},
                token,
            )
        if token.value == "within":
            return "within", " ".join(self.time())
        return token.value, self.code(SCOPE[token.value])

    def asked_on(self, name: str, fact: Fact) -> Day | None:
        token = self.here
        if not self.has("on"):
            return None
        if not fact.is_dated:
            raise self.wrong(
                _("“%(fact)s” is the same on every day") % {"fact": name}, token
            )
        day = self.day()
        return None if day == Day(FIRST) else day

    # What a fact is compared with

    def no_operator(self, name: str) -> None:
        if self.here.kind == "op" and self.here.value in (*ORDERED, "in"):
            raise self.wrong(
                _("“%(fact)s” is true or false by itself; leave the rest out")
                % {"fact": name}
            )

    def compared(
        self,
        name: str,
        fact: Fact,
        about: tuple[tuple[str, str], ...],
        on: Day | None,
    ) -> Leaf:
        if fact.kind == Kind.CODE:
            op, values = self.codes(name, fact)
            return Leaf(name, about, on, op, values)
        op = self.operator(name, ORDERED)
        if fact.kind == Kind.DAY:
            return Leaf(name, about, on, op, day=self.day())
        if fact.kind == Kind.LEVEL:
            return Leaf(name, about, on, op, (self.code(fact.of or Of.CEFR),))
        place = self.here
        value, unit = self.number(), ""
        if fact.kind == Kind.DURATION or fact.unit:
            unit = self.unit(fact)
        self.within_bounds(name, fact, value, place)
        return Leaf(name, about, on, op, (value,), unit)

    def defined(
        self, name: str, about: tuple[tuple[str, str], ...], on: Day | None
    ) -> Leaf:
        """Compare a fact that is what its value looks like; see ``kind_of``."""
        here = self.here
        if here.value in ("in", "not") and here.kind == "word":
            return Leaf(name, about, on, *self.codes(name, Fact(Kind.CODE, Of.WORD)))
        if here.kind != "op" or here.value not in ORDERED:
            return Leaf(name, about, on)
        op, token = self.take().value, self.here
        is_day = token.value in DAYS or ISO_DAY.fullmatch(token.value)
        if is_day or self.is_shift():
            return Leaf(name, about, on, op, day=self.day())
        if NUMBER.fullmatch(token.value):
            return Leaf(name, about, on, op, (self.number(),))
        if op not in CODED:
            raise self.wrong(_("a number or a day is expected here"))
        return Leaf(name, about, on, op, (self.code(Of.WORD),))

    def is_shift(self) -> bool:
        """Return whether a time before or after a day begins here."""
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        return bool(NUMBER.fullmatch(self.here.value)) and following.value in UNIT_NAMES

    def operator(self, name: str, known: tuple[str, ...]) -> str:
        token = self.take()
        if token.kind == "op" and token.value in known:
            return token.value
        raise self.wrong(
            _("“%(fact)s” has to be compared, by one of: %(signs)s")
            % {"fact": name, "signs": " ".join(known)},
            token,
        )

    def codes(self, name: str, fact: Fact) -> tuple[str, tuple[str, ...]]:
        of = fact.of or Of.COUNTRY
        denied = self.has("not")
        if denied or self.here.value == "in":
            self.want("in")
            self.want("(")
            values = [self.code(of)]
            while self.has(","):
                values.append(self.code(of))
            self.want(")")
            return "not in" if denied else "in", tuple(dict.fromkeys(values))
        op = self.operator(name, (*CODED, "in", "not in"))
        return op, (self.code(of),)

    def unit(self, fact: Fact) -> str:
        token = self.here
        if fact.unit == KM and self.has(KM):
            return KM
        if token.kind == "word" and token.value in UNIT_NAMES:
            self.take()
            unit = UNIT_NAMES[token.value]
            if fact.kind == Kind.NUMBER and unit != fact.unit:
                raise self.wrong(
                    _("this is counted in %(unit)s") % {"unit": fact.unit}, token
                )
            return unit
        if not fact.unit:
            raise self.wrong(_("days, months or years are expected here"))
        return fact.unit

    def within_bounds(self, name: str, fact: Fact, value: str, token: Token) -> None:
        least, most = fact.least, fact.most
        if most is not None and not (least or 0) <= Decimal(value) <= most:
            raise self.wrong(
                _("“%(fact)s” goes from %(least)d to %(most)d")
                % {"fact": name, "least": least or 0, "most": most},
                token,
            )
