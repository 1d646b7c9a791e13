"""The people of a judgement as columns: one row an application."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, Never
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programs.choices import LIVE_PLACEMENT_STATES, PLANNING_PURPOSES, Cefr
from programs.models import (
    DAY_AFTER,
    FIRST_DAY,
    Application,
    Availability,
    Consent,
    Country,
    LanguageCertificate,
    Participant,
    Placement,
    ProcessingPurpose,
    SkillClaim,
)
from programs.reading import Disagreement

from .columns import (
    ALWAYS,
    NEVER,
    Array,
    Codes,
    column,
    day,
    objects,
    padded,
    tongue,
    ymd,
)

if TYPE_CHECKING:
    from .facts import FactCodes

#: Nobody proves the language of the own country by a test.
NATIVE_RANK = Cefr.rank(Cefr.C2)
HELD_BY_ALL = 255
"""Level of the skill that stands for "no skill is asked for"."""
FIELDS = (
    "pk",
    "participant_id",
    "intake_id",
    "merit_score",
    "carry_over_points",
    "participant__citizenship_id",
    "participant__birth_date",
    "participant__kkni",
    "participant__isced_f",
    "participant__province_id",
    "participant__restricted_at",
    "participant__human_key",
)
"""What is read of an application, and of whose it is."""


class Busy(NamedTuple):
    """A stay that stands: from, to, where, days of the journey, whose it is."""

    start: int
    end: int
    country: int
    travel: int
    is_own: bool


class Certificate(NamedTuple):
    """A language certificate as the rule of languages needs it."""

    rank: int
    until: int
    test: str
    band: str
    version: str


@dataclass(frozen=True, eq=False)
class People:
    """Columns over applications; days are ordinals, ``-1`` is none."""

    application: Array
    participant: Array
    intake: Array
    citizenship: Array
    birth: Array
    """YYYYMMDD, so that ages compare without dates."""
    kkni: Array
    field: Array
    origin: Array
    merit: Array
    """Hundredths of a point of merit."""
    carry_over: Array
    skill: Array
    """Level of each skill, the last column for "no skill"."""
    skill_until: Array
    language: Array
    """CEFR rank of each certificate: person x language x certificate."""
    language_until: Array
    free_from: Array
    free_to: Array
    busy_from: Array
    busy_to: Array
    busy_country: Array
    busy_travel: Array
    """Days of the journey to and from it."""
    busy_own: Array
    """Whether the stay is of the registration itself, not of a twin of it."""
    restricted: Array
    """The person's data are only kept."""
    may_plan: Array
    """The person consented to be planned, or nobody has to."""
    may_go: Array
    """Person x country that asks for consent: the person gave it; last: no such."""
    certificates: dict[tuple[int, int], list[Certificate]]
    """(person, language) -> its certificates, for the words of reasons."""

    def __len__(self) -> int:
        return len(self.application)


class Persons(dict[UUID, list[int]]):
    """The rows of each participant; a stranger was read at another moment."""

    def __missing__(self, person: UUID) -> Never:
        raise Disagreement(_("people"))


def load(
    applications: QuerySet[Application],
    *,
    codes: "FactCodes",
    known: Sequence[Application] | None = None,
) -> People:
    """Read the people in a constant number of queries, never their NIK.

    Parameters
    ----------
    applications: a queryset. codes: the numbers given to values, shared with the
        slots, whose languages and skills are known by now.
    known: the same applications with their participants, where the caller has read
        them; nothing of them is then read again, and their order is kept.
    """
    if known is None:
        rows = list(applications.order_by("pk").values_list(*FIELDS))
    else:
        of = attrgetter(*(name.replace("__", ".") for name in FIELDS))
        rows = [of(application) for application in known]
    columns = zip(*rows, strict=True) if rows else [()] * len(FIELDS)
    of_each = dict(zip(FIELDS, columns, strict=True))
    ids, persons, intakes = (of_each[name] for name in FIELDS[:3])
    citizens = of_each["participant__citizenship_id"]
    row_of = Persons()
    for number, person in enumerate(persons):
        row_of.setdefault(person, []).append(number)
    chosen = Participant.objects.filter(
        pk__in=applications.order_by().values("participant_id")
    ).values("pk")
    size = len(rows)
    skill, skill_until = _skills(chosen, row_of, size, codes.skills)
    language, language_until, certificates = _languages(
        chosen, row_of, size, codes.languages, citizens
    )
    free_from, free_to = _free(chosen, row_of, size)
    humans = of_each["participant__human_key"]
    busy = _busy(chosen, row_of, ids, humans, intakes, codes.countries)

    def of_busy(name: str, fill: int, dtype: npt.DTypeLike) -> Array:
        return padded([[getattr(e, name) for e in row] for row in busy], fill, dtype)

    may_plan, may_go = _consents(chosen, row_of, size, codes.consents)
    return People(
        application=objects(ids),
        participant=objects(persons),
        intake=column([codes.intakes.get(i) for i in intakes], np.int32),
        citizenship=column([codes.countries.add(c) for c in citizens], np.int16),
        birth=column([ymd(b) for b in of_each["participant__birth_date"]], np.int32),
        kkni=column(of_each["participant__kkni"], np.int8),
        field=column(
            [codes.fields.add(f) for f in of_each["participant__isced_f"]], np.int16
        ),
        origin=column(
            [codes.origins.add(o) for o in of_each["participant__province_id"]],
            np.int16,
        ),
        merit=column([int(m * 100) for m in of_each["merit_score"]], np.int32),
        carry_over=column(of_each["carry_over_points"], np.int32),
        skill=skill,
        skill_until=skill_until,
        language=language,
        language_until=language_until,
        free_from=free_from,
        free_to=free_to,
        busy_from=of_busy("start", ALWAYS, np.int32),
        busy_to=of_busy("end", NEVER, np.int32),
        busy_country=of_busy("country", -1, np.int16),
        busy_travel=of_busy("travel", 0, np.int32),
        busy_own=of_busy("is_own", True, bool),
        restricted=column(
            [at is not None for at in of_each["participant__restricted_at"]], bool
        ),
        may_plan=may_plan,
        may_go=may_go,
        certificates=certificates,
    )


def _consents(
    chosen: QuerySet[Participant], row_of: Persons, size: int, countries: Codes
) -> tuple[Array, Array]:
    """Return who may be planned, and who may go to which country that asks for it.

    Without a purpose or a country that rests on consent nothing is asked for.
    """
    wanted = ProcessingPurpose.objects.on_consent(*PLANNING_PURPOSES)
    consented = np.zeros((size, len(wanted)), dtype=bool)
    may_go = np.zeros((size, len(countries) + 1), dtype=bool)
    may_go[:, -1] = True
    if wanted or len(countries):
        place = {purpose: number for number, purpose in enumerate(sorted(wanted))}
        rows = Consent.objects.in_force().filter(participant__in=chosen).order_by()
        for person, purpose, country in rows.values_list(
            "participant_id", "purpose", "country_id"
        ):
            if purpose in place:
                consented[row_of[person], place[purpose]] = True
            if (number := countries.get(country)) >= 0:
                may_go[row_of[person], number] = True
    may_plan = np.asarray(consented.all(axis=1), dtype=bool)
    may_plan.flags.writeable = may_go.flags.writeable = False
    return may_plan, may_go


def _skills(
    chosen: QuerySet[Participant], row_of: Persons, size: int, skills: Codes
) -> tuple[Array, Array]:
    level = np.zeros((size, len(skills) + 1), dtype=np.uint8)
    until = np.full(level.shape, ALWAYS, dtype=np.int32)
    level[:, -1] = HELD_BY_ALL
    claims = SkillClaim.objects.filter(participant__in=chosen).order_by()
    for person, skill, held, valid_to in claims.values_list(
        "participant_id", "skill_id", "level", "valid_to"
    ):
        if (number := skills.get(skill)) >= 0:
            level[row_of[person], number] = held
            until[row_of[person], number] = day(valid_to, ALWAYS)
    level.flags.writeable = until.flags.writeable = False
    return level, until


def _languages(
    chosen: QuerySet[Participant],
    row_of: Persons,
    size: int,
    languages: Codes,
    citizens: Sequence[str],
) -> tuple[Array, Array, dict[tuple[int, int], list[Certificate]]]:
    held: dict[tuple[int, int], list[Certificate]] = defaultdict(list)
    rows = LanguageCertificate.objects.filter(participant__in=chosen).order_by("pk")
    fields = ("participant_id", "language", "cefr", "valid_to")
    for person, tag, cefr, valid_to, *name in rows.values_list(
        *fields, "test", "band", "scale_version"
    ):
        language = languages.get(tongue(tag))
        if language >= 0:
            last = day(valid_to, ALWAYS)
            certificate = Certificate(Cefr.rank(cefr), last, *name)
            for number in row_of[person]:
                held[number, language].append(certificate)
    width = max((len(each) for each in held.values()), default=0) + 1
    rank = np.zeros((size, len(languages) + 1, width), dtype=np.uint8)
    until = np.full(rank.shape, NEVER, dtype=np.int32)
    for (number, language), certificates in held.items():
        for place, certificate in enumerate(certificates):
            rank[number, language, place] = certificate.rank
            until[number, language, place] = certificate.until
    native = dict(Country.objects.values_list("pk", "native_language"))
    for number, country in enumerate(citizens):
        # Where it is not known, people prove every language; the intake's page says so.
        if (language := languages.get(tongue(native[country]))) >= 0:
            rank[number, language, -1] = NATIVE_RANK
            until[number, language, -1] = ALWAYS
    rank.flags.writeable = until.flags.writeable = False
    return rank, until, dict(held)


def _free(
    chosen: QuerySet[Participant], row_of: Persons, size: int
) -> tuple[Array, Array]:
    """Return the free times of each person; without any, all the time."""
    spans: dict[UUID, list[list[int]]] = defaultdict(list)
    rows = Availability.objects.filter(participant__in=chosen).order_by("starts_on")
    fields = ("participant_id", "starts_on", "ends_on")
    for person, starts_on, ends_on in rows.values_list(*fields):
        start, end = starts_on.toordinal(), ends_on.toordinal()
        known = spans[person]
        # Times that touch are one time: a stay may run across the seam.
        if known and start <= known[-1][1]:
            known[-1][1] = max(known[-1][1], end)
        else:
            known.append([start, end])
    table = [[[NEVER, ALWAYS]] for _ in range(size)]
    for person, known in spans.items():
        for number in row_of[person]:
            table[number] = known
    return (
        padded([[start for start, _ in each] for each in table], ALWAYS, np.int32),
        padded([[end for _, end in each] for each in table], NEVER, np.int32),
    )


def _busy(
    chosen: QuerySet[Participant],
    row_of: Persons,
    ids: Sequence[UUID],
    humans: Sequence[str],
    intakes: Sequence[UUID],
    countries: Codes,
) -> list[list[Busy]]:
    """Return the times of live placements, other than those of the same application.

    Those of a human count for each of the human's registrations, whoever made them;
    in the intake of the application they leave no time at all: one place in an intake.
    What was decided for the application itself is what a new plan may change.
    """
    table: list[list[Busy]] = [[] for _ in ids]
    rows_of: dict[str, list[int]] = defaultdict(list)
    for number, human in enumerate(humans):
        if human:
            rows_of[human].append(number)
    twins = chosen.exclude(human_key="").values("human_key")
    rows = Placement.objects.filter(
        Q(application__participant__in=chosen)
        | Q(application__participant__human_key__in=twins),
        state__in=LIVE_PLACEMENT_STATES,
    ).order_by(FIRST_DAY, "pk")
    fields = (
        "application_id",
        "application__intake_id",
        "application__participant_id",
        "application__participant__human_key",
        FIRST_DAY,
        DAY_AFTER,
        "slot__country_id",
        "slot__route__travel_days",
    )
    for application, intake, person, human, *stay in rows.values_list(*fields):
        start, end, country, travel = stay
        own = row_of.get(person, [])
        for number in rows_of[human] if human else row_of[person]:
            if ids[number] != application:
                days = start.toordinal(), end.toordinal()
                if number not in own and intakes[number] == intake:
                    days = NEVER, ALWAYS
                there = countries.add(country), travel or 0
                table[number].append(Busy(*days, *there, number in own))
    return table
