"""What is known of many people, read once, and only what conditions ask for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from programs.choices import Cefr, SkillEvidence
from programs.days import day_in
from programs.models import (
    Application,
    Availability,
    Country,
    LanguageCertificate,
    Participant,
    RegionList,
    Skill,
    SkillClaim,
)
from programs.reading import Index, require_same

from . import naming, past, stated
from .many import Array, Coded, Many
from .provinces import Provinces
from .tree import Leaf, Node, leaves
from .vocabulary import FACTS, HUNDREDTHS, NUMBER, Of
from .writing import write

ALWAYS, NEVER = date.max.toordinal(), 0
HERE = "participant__"
OWNER = Cast("participant_id", TextField())
"""Whose a row is, as the database writes it: to be compared, in far less time."""
FIELDS = {
    "participant": OWNER,
    "applied": "submitted_at",
    "zone": "intake__time_zone",
    "merit": "merit_score",
    "born": HERE + "birth_date",
    "sex": HERE + "sex",
    "citizenship": HERE + "citizenship_id",
    "province": HERE + "province_id",
    "regency": HERE + "regency_id",
    "kkni": HERE + "kkni",
    "field": HERE + "isced_f",
    "home": HERE + "home_institution__code",
    "home_kind": HERE + "home_institution__kind",
    "human": HERE + "human_key",
}
"""What is read of an application and whose it is, by the name it has here."""
CODED = ("sex", "citizenship", "province", "regency", "field", "home", "home_kind")
HOLDS = {"home": Of.INSTITUTION, "province": Of.REGION, "regency": Of.REGION}
"""Columns of codes that name rows."""
NATIVE = Cefr.rank(Cefr.C2)
"""Nobody proves the language of the own country by a test."""


@lru_cache(maxsize=1024)
def tongue(tag: str) -> str:
    """Return the language of a BCP 47 tag without script and region: zh of zh-TW."""
    return tag.partition("-")[0].lower()


class Known:
    """The facts of people as columns, a row an application.

    What conditions ask for is read when they are told of, in a number of queries that
    does not grow with people; nothing else is, and nothing a second time.

    Parameters
    ----------
    applications: whose. nodes: the conditions that will be judged; more may follow.
    order: ids of the applications in the order the rows are to have.

    ``is_own``: stays count that the registration itself had, of no other one.
    """

    is_own = False

    def __init__(
        self,
        applications: QuerySet[Application],
        nodes: Iterable[Node] = (),
        *,
        order: Sequence[UUID] | None = None,
    ) -> None:
        self.applications = applications
        self.order = order
        self.leaves: list[Leaf] = []
        self.facts: dict[str, Many] = {}
        self.definitions: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[tuple[int, int, set[str]]]] = {}
        self.ask(nodes)

    def ask(self, nodes: Iterable[Node]) -> None:
        """Read what these conditions ask for, and none before them did."""
        asked = [leaf for node in nodes for leaf in leaves(node)]
        names = {leaf.fact for leaf in asked}
        for facts, name in (*GROUPS, (names, "person")):
            if names & facts:
                getattr(self, name)
        self._read_facts(_codes(asked, "fact") - set(self.facts))
        self._read_lists(_codes(asked, "on_list") - set(self.lists))
        self.leaves += asked
        self.__dict__.pop("named", None)

    def __len__(self) -> int:
        return len(self.person["participant"])

    def of_own_stays(self) -> "Known":
        """Return the same, without the stays of other registrations of a human."""
        own = copy(self)
        own.is_own = True
        return own

    @cached_property
    def _people(self) -> tuple[list[UUID], dict[str, list[Any]]]:
        rows = self.applications.order_by("pk").values_list("pk", *FIELDS.values())
        found = {pk: row for pk, *row in rows}
        ids = list(found) if self.order is None else list(self.order)
        require_same(ids, found, what=_("applications"))
        columns = list(zip(*(found[pk] for pk in ids), strict=True))
        return ids, dict(
            zip(FIELDS, map(list, columns or [()] * len(FIELDS)), strict=True)
        )

    @property
    def ids(self) -> list[UUID]:
        """The application of each row."""
        return self._people[0]

    @property
    def person(self) -> dict[str, list[Any]]:
        """Columns of the application and its person."""
        return self._people[1]

    @cached_property
    def row(self) -> Index:
        """The row of each application; who is not there was read at another moment."""
        return Index(self.ids, what=_("applications"))

    @cached_property
    def coded(self) -> dict[str, Coded]:
        """Columns of codes, by the name of the fact."""
        return {name: Coded(self.person[name]) for name in CODED}

    @cached_property
    def numbers(self) -> dict[str, Array]:
        """Columns of numbers in hundredths, by the name of the fact."""
        return {
            name: np.array([int(v * HUNDREDTHS) for v in self.person[name]], np.int64)
            for name in ("kkni", "merit")
        }

    @cached_property
    def disabled(self) -> Array:
        """Whether a disability is declared; read and decrypted for who asks alone."""
        rows = self.applications.order_by("pk")
        found = dict(rows.values_list("pk", HERE + "disability"))
        require_same(self.ids, found, what=_("applications"))
        return np.array([bool(found[pk]) for pk in self.ids], bool)

    @cached_property
    def born(self) -> Array:
        """The day of birth as an ordinal."""
        return np.array([day.toordinal() for day in self.person["born"]], np.int64)

    @cached_property
    def applied(self) -> Array:
        """The day of the application as an ordinal, 0 where it was not sent yet."""
        sent = zip(self.person["applied"], self.person["zone"], strict=True)
        days = [day_in(zone, at).toordinal() if at else NEVER for at, zone in sent]
        return np.array(days, np.int64)

    @cached_property
    def rows_of(self) -> dict[str, list[int]]:
        """The rows of each person."""
        rows: dict[str, list[int]] = defaultdict(list)
        for number, person in enumerate(self.person["participant"]):
            rows[person].append(number)
        return rows

    @cached_property
    def people(self) -> QuerySet[Participant]:
        """The people themselves, for queries."""
        ids = self.applications.order_by().values("participant_id")
        return Participant.objects.filter(pk__in=ids)

    def _many(self, rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> Many:
        """Return rows of (person, values) as columns by row of the person."""
        people, *columns = list(zip(*rows, strict=True)) or [()] * (1 + len(names))
        owners = [self.rows_of.get(person, ()) for person in people]
        counts = np.array([len(each) for each in owners], np.int64)
        return Many(
            len(self),
            list(chain.from_iterable(owners)),
            dict(zip(names, columns, strict=True)),
            np.repeat(np.arange(len(counts)), counts),
        )

    @cached_property
    def certificates(self) -> Many:
        """Language certificates: language, test, CEFR rank, score, taken, valid to."""
        rows = LanguageCertificate.objects.filter(participant__in=self.people)
        fields = (OWNER, "language", "test", "cefr", "band", "score")
        ranks = {cefr: Cefr.rank(cefr) for cefr in ("", *Cefr.values)}
        return self._many(
            (
                (
                    person,
                    tongue(tag),
                    test.casefold(),
                    ranks[cefr],
                    _score(band) if score is None else int(score * HUNDREDTHS),
                    taken.toordinal(),
                    _until(valid_to),
                )
                for person, tag, test, cefr, band, score, taken, valid_to in (
                    rows.order_by("pk").values_list(*fields, "taken_on", "valid_to")
                )
            ),
            ("language", "test", "rank", "score", "taken", "until"),
        )

    @cached_property
    def native(self) -> Coded:
        """The language each person speaks as a citizen."""
        native = dict(Country.objects.values_list("pk", "native_language"))
        codes = self.person["citizenship"]
        return Coded(tongue(native.get(code, "")) for code in codes)

    @cached_property
    def skills(self) -> dict[str, int]:
        """The ids of skills by their code, and by framework/code."""
        known: dict[str, int] = {}
        rows = Skill.objects.order_by("framework").values_list(
            "pk", "framework", "code"
        )
        for pk, framework, code in rows:
            known[f"{framework}/{code}"] = known[code] = pk
        return known

    @cached_property
    def claims(self) -> Many:
        """Claimed skills: id of the skill, level, rank of the evidence, valid to."""
        ranks = {evidence: n for n, evidence in enumerate(SkillEvidence.values)}
        rows = SkillClaim.objects.filter(participant__in=self.people).order_by("pk")
        fields = (OWNER, "skill_id", "level", "evidence", "valid_to")
        return self._many(
            (
                (person, skill, level, ranks[evidence], _until(valid_to))
                for person, skill, level, evidence, valid_to in rows.values_list(
                    *fields
                )
            ),
            ("skill", "level", "evidence", "until"),
        )

    @cached_property
    def studies(self) -> Many:
        """Studies: level, field, status, graduated, grade, semester, accreditation."""
        return self._many(stated.studies(self.people, OWNER), stated.STUDY)

    @cached_property
    def jobs(self) -> Many:
        """Jobs: field, from, to."""
        return self._many(stated.jobs(self.people, OWNER), stated.JOB)

    def _read_facts(self, codes: set[str]) -> None:
        """Read facts the ministry has defined, by code: kind, value, word, from, to."""
        if not codes:
            return
        self.definitions |= stated.definitions(codes)
        rows: dict[str, list[tuple[Any, ...]]] = {code: [] for code in codes}
        for person, code, *row in stated.facts(self.people, codes, OWNER):
            rows[code].append((person, *row))
        for code, found in rows.items():
            self.facts[code] = self._many(found, stated.FACT)

    def is_private(self, leaf: Leaf) -> bool:
        """Return whether what a comparison is about is told to nobody."""
        definition = self.definitions.get(dict(leaf.about).get("fact", ""), {})
        secret = bool(definition.get("is_sensitive"))
        return FACTS[leaf.fact].is_private or secret

    def names(self, node: Node, held: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Return the names of what a condition asks for and of what somebody holds.

        Parameters
        ----------
        held: codes that somebody has instead, by the text of the comparison.
        """
        asked = list(leaves(node))
        codes = {dict(leaf.about).get("fact", "") for leaf in asked}
        known = self.definitions if codes != {""} else {}
        facts = {code: known[code]["names"] for code in codes if code in known}
        wanted = naming.wanted(asked)
        for leaf in asked:
            if leaf.fact in HOLDS and write(leaf) in held:
                wanted[HOLDS[leaf.fact]].add(held[write(leaf)])
        keys = [naming.key(of, code) for of, some in wanted.items() for code in some]
        return facts | {key: self.named[key] for key in keys if key in self.named}

    @cached_property
    def named(self) -> dict[str, dict[str, str]]:
        """The names of all rows that are asked for, and of those that people have."""
        wanted = naming.wanted(self.leaves)
        asked = {leaf.fact for leaf in self.leaves}
        for fact, of in HOLDS.items():
            if fact in asked:
                wanted[of] |= {code for code in self.person[fact] if code}
        return naming.of_codes(wanted)

    @cached_property
    def free(self) -> Many:
        """Free times, those that touch as one: from, to (the first day after)."""
        spans: dict[str, list[list[int]]] = defaultdict(list)
        rows = Availability.objects.filter(participant__in=self.people)
        for person, starts, ends in rows.order_by("starts_on").values_list(
            OWNER, "starts_on", "ends_on"
        ):
            start, end, known = starts.toordinal(), ends.toordinal(), spans[person]
            if known and start <= known[-1][1]:
                known[-1][1] = max(known[-1][1], end)
            else:
                known.append([start, end])
        rows_of = ((p, *span) for p, known in spans.items() for span in known)
        return self._many(rows_of, ("start", "end"))

    @cached_property
    def near(self) -> Provinces:
        """How far provinces are from each other, and which are neighbours."""
        return Provinces.read()

    def _read_lists(self, codes: set[str]) -> None:
        """Read region lists, by code: (from, to, regions) of each version."""
        if not codes:
            return
        self.lists |= {code: [] for code in codes}
        rows = RegionList.objects.filter(code__in=codes).prefetch_related("regions")
        for each in rows:
            regions = {region.pk for region in each.regions.all()}
            span = each.valid_from.toordinal(), _until(each.valid_to)
            self.lists[each.code].append((*span, regions))

    @cached_property
    def stays(self) -> Many:
        """Stays of each human, whoever registered it, with where and what they were.

        ``own`` says whether the registration of the row had the stay.
        """
        owners: list[int] = []
        values: list[tuple[Any, ...]] = []
        for person, human, *row in past.stays(self.people, self._hashes()):
            for number in self._rows_of_human(person, human):
                own = int(self.person["participant"][number] == person)
                owners.append(number)
                values.append((*row, own))
        return Many(len(self), owners, _columns(values, (*past.STAY, "own")))

    @cached_property
    def _human_rows(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = defaultdict(list)
        for number, human in enumerate(self.person["human"]):
            if human:
                rows[human].append(number)
        return rows

    def _rows_of_human(self, person: str, human: str) -> Sequence[int]:
        return self._human_rows.get(human) or self.rows_of.get(person) or ()

    def _hashes(self) -> QuerySet[Participant, Any]:
        return self.people.exclude(human_key="").values("human_key")


STUDIES = frozenset(
    {"education", "studying", "gpa", "semester", "accreditation", "graduated"}
)
GROUPS = (
    (frozenset({"language", "score"}), "certificates"),
    (frozenset({"language"}), "native"),
    (frozenset({"skill"}), "claims"),
    (frozenset({"skill"}), "skills"),
    (frozenset({"disability"}), "disabled"),
    (frozenset({"free"}), "free"),
    (frozenset({"distance", "nearness"}), "near"),
    (STUDIES, "studies"),
    (frozenset({"experience"}), "jobs"),
    (frozenset({"completed", "stays", "dropped", "days_since"}), "stays"),
)
"""Facts, and what has to be read for them besides the person and what has a code."""


def _codes(asked: Iterable[Leaf], fact: str) -> set[str]:
    """Return the codes that a fact is asked about."""
    return {v for leaf in asked if leaf.fact == fact for _name, v in leaf.about}


def _columns(
    rows: Sequence[Sequence[Any]], names: Sequence[str]
) -> dict[str, Sequence[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _until(day: date | None) -> int:
    return day.toordinal() if day else ALWAYS


def _score(band: str) -> int:
    """Return a band that is a number in hundredths, -1 where it is a name."""
    return int(Decimal(band) * HUNDREDTHS) if NUMBER.fullmatch(band) else -1
