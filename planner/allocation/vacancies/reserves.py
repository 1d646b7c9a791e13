"""Moving up: when a place is free again, the next person on its waiting list.

Whoever moves up is checked on the data of that day, with everybody else where they
are: the rules, the seat, the money, the quotas and the cohort.
"""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _

from planner.allocation.decisions import preparation
from planner.allocation.problem import snapshot
from planner.allocation.problem.grounds import NONE
from planner.allocation.problem.reading import Unbuildable
from planner.allocation.problem.snapshot import Snapshot
from planner.allocation.results import funding
from planner.allocation.results.outcome import Outcome
from planner.allocation.review import feasibility
from planner.models import AllocationRun, PublishedIntake
from planner.optimiser import Plan
from planner.optimiser.model.claim import Claim
from planner.optimiser.model.problem import HARD
from programs.audit_actions import AuditAction
from programs.domain import audit, claims, placements, transactions
from programs.domain.actors import Actor, require
from programs.eligibility.columns import Array
from programs.models import (
    Application,
    FundingSource,
    Placement,
    ReserveEntry,
    Slot,
)
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import shares
from .shares import Share, Shares

UNWEIGHED = Shares([], NONE)
"""No priced quota: where somebody was chosen already, or nobody has to be."""
Places = dict[UUID, list[UUID]]
"""Places that count as taken already: {application id: [slot id]}."""


@dataclass(frozen=True)
class Candidate:
    """Somebody on a waiting list, and what stands against moving up now."""

    entry: ReserveEntry
    problems: list[str]
    shortfall: int
    shares: list[Share] = field(default_factory=list)

    @property
    def cost(self) -> int:
        """What this person costs the priced quotas, in points."""
        return sum(share.cost for share in self.shares)

    @property
    def fits(self) -> bool:
        """Whether this person could take the place today."""
        return not self.problems


def waiting(slot: Slot) -> list[ReserveEntry]:
    """Return the open entries of a slot's list, in order."""
    return list(
        ReserveEntry.objects.filter(slot=slot, is_open=True)
        .select_related(
            "application__participant__home_institution", "application__intake", "slot"
        )
        .order_by("position")
    )


def candidates(slot: Slot) -> list[Candidate]:
    """Return everybody on the list with what stands against them today."""
    entries = waiting(slot)
    if not entries:
        return []
    return judge(slot, entries, take(slot), weighed=shares.of_intakes([slot.intake]))


@transactions.verb
def move_up(slot: Slot, *, by: Actor, now: datetime) -> Placement:
    """Offer a free place of a slot to the next person for whom everything holds.

    Of those who fit, whoever leaves the fewest hard floors short comes first, then who
    costs the priced quotas least, then the position on the list. Returns the placement.

    Raises
    ------
    Refusal: nobody is waiting, or nobody fits.
    """
    require(by, Permission.PLAN)
    # Counted before anything is claimed: nobody waits while everybody is counted.
    weighed = shares.of_intakes([slot.intake])
    with transactions.atomic():
        claim(slot)
        return offer_next(slot, waiting(slot), by=by, now=now, weighed=weighed)


def claim(slot: Slot) -> None:
    """Claim all that an offer of this slot rests on, whoever it goes to.

    Those who wait are claimed too: nobody of them gets a place elsewhere meanwhile.
    """
    program = slot.intake.program
    queue = ReserveEntry.objects.filter(slot=slot, is_open=True)
    payers = Q(funding_rules__program=program) | Q(institution=slot.host_id)
    claims.claim(
        intakes=[slot.intake_id],
        slots=[slot.pk],
        agreements=[slot.agreement_id],
        routes=[slot.route_id],
        quotas=preparation.quotas_of([slot.intake]).values_list("pk", flat=True),
        resources=slot.resource_uses.values_list("resource", flat=True),
        people=queue.values_list("application__participant", flat=True),
        sources=FundingSource.objects.filter(payers).values_list("pk", flat=True),
    )


def offer_next(
    slot: Slot,
    entries: list[ReserveEntry],
    *,
    by: Actor,
    now: datetime,
    weighed: Shares = UNWEIGHED,
) -> Placement:
    """Offer a free place to the best of these entries, in the caller's transaction.

    ``weighed`` are the priced quotas, where there is a choice between people.

    The caller has claimed what the offer rests on. Only these people and this slot are
    read, so it takes no longer in a large intake than in a small one.
    """
    run = run_of(slot)
    people = [entry.application_id for entry in entries]
    try:
        today = snapshot.of_one(slot, people, profile=run.profile, on=run.on)
    except Unbuildable:
        raise nobody(slot) from None
    candidate = best(judge(slot, entries, today, weighed=weighed))
    if candidate is None:
        raise nobody(slot)
    return offer(candidate.entry, today, by=by, now=now)


def nobody(slot: Slot) -> Refusal:
    """Return the refusal where nobody who waits can take a place."""
    return Refusal(
        "nobody-moves-up",
        _("Nobody on the waiting list can take a place of %(slot)s now.")
        % {"slot": slot.name},
        kind=RefusalKind.CONFLICT,
    )


def best(candidates: list[Candidate]) -> Candidate | None:
    """Return who comes next of those who fit, or None."""
    fitting = [each for each in candidates if each.fits]
    order = operator.attrgetter("shortfall", "cost", "entry.position")
    return min(fitting, key=order, default=None)


def take(slot: Slot) -> Snapshot:
    """Return a snapshot of today of the intakes that are planned with this slot."""
    return take_again(run_of(slot))


def run_of(slot: Slot) -> AllocationRun:
    """Return the run whose plan is in force for this slot."""
    live = PublishedIntake.objects.filter(intake=slot.intake_id, is_live=True).first()
    if live is None:
        raise Refusal(
            "not-published",
            _("No plan of this intake is in force."),
            kind=RefusalKind.CONFLICT,
        )
    return AllocationRun.objects.select_related("profile").get(
        publication=live.publication_id
    )


def take_again(
    run: AllocationRun, *, step: Callable[[], object] = lambda: None
) -> Snapshot:
    """Return a snapshot of today of the intakes of a run."""
    return snapshot.take(
        intakes=list(run.intakes.all()), profile=run.profile, on=run.on, step=step
    )


def judge(
    slot: Slot,
    entries: list[ReserveEntry],
    today: Snapshot,
    places: Places | None = None,
    *,
    weighed: Shares = UNWEIGHED,
    taken: Iterable[tuple[Application, Slot]] = (),
) -> list[Candidate]:
    """Return each entry with the problems its moving up would bring.

    Parameters
    ----------
    places: those that count as taken already: {application id: [slot id]}.
    weighed: the priced quotas; taken: the same places, as they count for these.
    """
    taken = list(taken)
    places = places or {}
    nobody, _missing = feasibility.choose(today, places)
    accepted = set(feasibility.violations(today, nobody))
    candidates = []
    for entry in entries:
        wanted = places | {entry.application_id: [slot.pk]}
        choice, missing = feasibility.choose(today, wanted)
        if missing:
            problems = [_("The rules do not allow it any more.")]
        else:
            told = feasibility.violations(today, choice)
            problems = worse(today, nobody, choice, set(told) - accepted)
        costs = weighed.of(entry.application, slot, taken)
        candidates.append(Candidate(entry, problems, short(today, choice), costs))
    return candidates


def worse(today: Snapshot, nobody: Array, choice: Array, new: set[str]) -> list[str]:
    """Return the new violations, unless they are old ones that got smaller."""
    return sorted(new) if over(today, choice) or not less(today, nobody, choice) else []


def over(today: Snapshot, choice: Array) -> bool:
    """Whether something is used beyond a hard upper limit, or money is missing."""
    use = Plan.of(today.problem, choice).use
    hard = today.problem.resource_excess_price == HARD
    supplied = today.problem.resource_supplied
    above = hard & ~supplied & (use > today.problem.resource_upper)
    return bool(above.any()) or bool(feasibility.short_lines(today, use))


def less(today: Snapshot, nobody: Array, choice: Array) -> bool:
    """Whether lower limits are short by no more than they were without this person."""
    return short(today, choice) <= short(today, nobody)


def short(today: Snapshot, choice: Array) -> int:
    """Return by how much hard lower limits are missed together."""
    problem = today.problem
    use = Plan.of(problem, choice).use
    missing = np.maximum(problem.resource_lower - use, 0)
    missing[problem.resource_only_if_used & (use == 0)] = 0
    return int(missing[problem.resource_shortfall_price == HARD].sum())


def offer(
    entry: ReserveEntry, today: Snapshot, *, by: Actor, now: datetime
) -> Placement:
    """Offer the place, with its money, and close the entries of the person."""
    choice, _missing = feasibility.choose(
        today, {entry.application_id: [entry.slot_id]}
    )
    said = Claim(
        status="",
        termination="",
        choice=choice,
        objective=None,
        bound=None,
        gap=None,
        tiers=(),
    )
    outcome = Outcome(today, said, {})
    paid = funding.lay_out(outcome)
    (parts,) = paid.values()
    row = SimpleNamespace(funding=funding.by_source(parts))
    live = PublishedIntake.objects.select_related("publication").get(
        intake=entry.slot.intake_id, is_live=True
    )
    placement = preparation.placement_of(
        SimpleNamespace(
            application=entry.application, slot=entry.slot, pathway_id=None
        ),
        live.publication.run_id,
        live.publication_id,
        now,
    )
    closed = ReserveEntry.objects.filter(application=entry.application_id, is_open=True)
    if not closed.update(is_open=False):
        raise Refusal(
            "already-moved-up",
            _("Somebody else has just offered this person a place."),
            kind=RefusalKind.CONFLICT,
        )
    placements.offer_many(
        placements=[placement],
        funding=preparation.funding_of(row, placement, preparation.source_ids()),
        by=by,
        now=now,
    )
    audit.record(
        by=by,
        action=AuditAction.RESERVES_MOVE_UP,
        obj=placement,
        data={"slot": entry.slot.name, "position": entry.position},
        now=now,
    )
    return placement
