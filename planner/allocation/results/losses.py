"""Whom a plan hurts: offers that it takes away, and quotas that it makes worse.

A plan is held against what stands: the live placements and the pins of this moment.
Publishing a replanning takes places away; any other plan leaves decided ones alone, and
can only pass over a pin. A person is one person, in however many intakes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from planner.allocation.problem import reading
from planner.allocation.problem.constraints import quotas as counting
from planner.allocation.problem.constraints.quotas import Standing
from planner.models import AllocationRun, Proposal, RunKind, RunState, small_counts
from planner.models.loss_words import STATES
from programs.models import Intake, Pin, Placement, Quota

from . import pinned
from .pinned import Word

DECIDED = (RunState.PUBLISHED, RunState.SUPERSEDED)
"""States in which nothing of a plan is to come any more."""


@dataclass(frozen=True)
class Loss:
    """Somebody who does not keep a place; ``before`` and ``after`` are slot codes.

    ``person`` is what all registrations of the human have in common, ``applications``
    are those it is about, ``state`` is the most binding of ``STATES``.
    """

    person: str
    applications: tuple[UUID, ...]
    state: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def moves(self) -> bool:
        """Whether there is another place instead."""
        return bool(self.after)


@dataclass(frozen=True)
class Worse:
    """A quota that is missed by more people with the plan than it is now."""

    quota: Quota
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Losses:
    """Who loses what by a plan, and which quotas get worse."""

    people: list[Loss]
    quotas: list[Worse]

    def __bool__(self) -> bool:
        """Whether anything gets worse at all."""
        return bool(self.people or self.quotas)


UNASKED = (
    "value",
    "funding",
    "application__participant__nik",
    "application__participant__passport",
)
"""Columns that nothing here asks for, and that are dear to read or to decrypt."""


def of_run(run: AllocationRun) -> Losses | None:
    """Return whom the plan of a run hurts as things stand now.

    None once it is published: nothing of it is to come any more.
    """
    if run.state in DECIDED or not run.has_plan:
        return None
    rows = run.proposals.select_related(
        "slot", "application__intake", "application__participant__home_institution"
    ).defer(*UNASKED)
    left_out = run.unplaced.values_list("application_id", flat=True)
    return of(run, list(rows.order_by("application", "step")), set(left_out))


def of(
    run: AllocationRun, proposals: Sequence[Proposal], left_out: set[UUID]
) -> Losses:
    """Return whom these proposals of a run hurt, in a constant number of queries.

    Parameters
    ----------
    run: with its kind, scenario and intakes. proposals: with application, participant
        and slot, in the order of steps; they need not be saved.
    left_out: the applications that get no place.
    """
    intakes = list(run.intakes.all())
    after: dict[UUID, list[str]] = {}
    for row in proposals:
        after.setdefault(row.application_id, []).append(row.slot.name)
    lost: list[tuple[Placement, str]] = []
    if run.kind == RunKind.REPLAN:
        lost = replaced(intakes, after, left_out)
    gone = {row.pk for row, _state in lost}
    return Losses(
        people=people([*lost, *pinned.passed_over(run, intakes, after)], after),
        quotas=worsened(run, intakes, gone, proposals),
    )


Lost = tuple[Placement | Pin | Word, str]
"""What somebody held, and in which of ``STATES``."""


def standing(intakes: Iterable[Intake]) -> QuerySet[Placement]:
    """Return the decided places that have not begun: those a plan may move."""
    return Placement.objects.filter(
        application__intake__in=intakes,
        state__in=reading.CHANGEABLE,
        own_starts_on__isnull=True,
    )


def promised(intakes: Iterable[Intake]) -> list[tuple[str, int]]:
    """Return (state, people) of the decided places that a plan may move."""
    rows = standing(intakes).select_related("slot", "application__participant")
    return counts(people([(row, row.state) for row in rows.order_by("pk")], {}))


def replaced(
    intakes: list[Intake], after: dict[UUID, list[str]], left_out: set[UUID]
) -> list[tuple[Placement, str]]:
    """Return the decided places that publishing a replanning would take away.

    Who was not looked at, as whose data are only kept, loses nothing by it.
    """
    rows = standing(intakes).select_related("slot", "application__participant")
    return [
        (row, row.state)
        for row in rows.order_by("slot__starts_on", "pk")
        if (row.application_id in after or row.application_id in left_out)
        and row.slot.name not in after.get(row.application_id, ())
    ]


def people(lost: list[Lost], after: dict[UUID, list[str]]) -> list[Loss]:
    """Return one loss a person, who was promised most first."""
    rank = {state: at for at, state in enumerate(STATES)}
    of_person: dict[str, list[Lost]] = {}
    for row, state in lost:
        human = row.application.participant.human
        of_person.setdefault(human, []).append((row, state))
    losses = []
    for person, rows in of_person.items():
        applications = tuple(dict.fromkeys(row.application_id for row, _state in rows))
        losses.append(
            Loss(
                person=person,
                applications=applications,
                state=min((state for _row, state in rows), key=rank.__getitem__),
                before=tuple(
                    dict.fromkeys(
                        name for row, _state in rows for name in pinned.places_of(row)
                    )
                ),
                after=tuple(code for pk in applications for code in after.get(pk, ())),
            )
        )
    return sorted(losses, key=lambda loss: (loss.moves, rank[loss.state], loss.person))


def worsened(
    run: AllocationRun,
    intakes: list[Intake],
    gone: set[UUID],
    proposals: Sequence[Proposal],
) -> list[Worse]:
    """Return the quotas that are missed by more people with the plan than without.

    ``gone`` are ids of the placements that the plan takes away.
    """
    changes = run.scenario.changes() if run.scenario else {}
    quotas = reading.read_quotas(intakes, changes)
    if not quotas:
        return []
    grounds = reading.read_grounds(quotas, intakes)
    now = list(counted_places(quotas))
    then = [*(row for row in now if row.pk not in gone), *proposals]
    pairs = [
        Worse(
            quota,
            counting.standing(quota, now, grounds),
            counting.standing(quota, then, grounds),
        )
        for quota in quotas
    ]
    return [pair for pair in pairs if pair.after.missed > pair.before.missed]


def counted_places(quotas: list[Quota]) -> QuerySet[Placement]:
    """Return the live placements that quotas are about, with what they count by."""
    live = Placement.objects.live().filter(reading.counted_by(quotas))
    return live.select_related(
        "slot", "application__intake", "application__participant__home_institution"
    )


def as_data(losses: Losses) -> dict[str, Any]:
    """Return losses as plain data without anybody's name, for the run's summary."""
    return {
        "lost": counts(loss for loss in losses.people if not loss.moves),
        "moved": counts(loss for loss in losses.people if loss.moves),
        "quotas": [
            {
                "quota": worse.quota.code,
                "label_en": worse.quota.name_en,
                "label_id": worse.quota.name_id,
                "before": figures(worse.before),
                "after": figures(worse.after),
            }
            for worse in losses.quotas
        ],
    }


def counts(people: Iterable[Loss]) -> list[tuple[str, int]]:
    """Return (state, people), the most binding state first, each person once."""
    found = Counter(loss.state for loss in people)
    return [(str(state), found[state]) for state in STATES if found[state]]


def figures(standing: Standing) -> dict[str, Any]:
    """Return how a quota stands as plain data, not yet as it may be told."""
    missed = standing.missed
    return asdict(standing) | {"missed": missed, "is_missed": missed > 0}


def told(standing: Standing, *, is_confidential: bool) -> dict[str, Any]:
    """Return how a quota stands as it may be told.

    ``is_confidential``: whether the quota counts by what is confidential.
    """
    is_kept = is_confidential and small_counts.is_few(standing.having)
    return small_counts.standing(figures(standing), is_kept=is_kept)
