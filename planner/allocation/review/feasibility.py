"""Whether a recorded plan still holds on the data as they are now."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from planner.allocation.problem.builder import Limit
from planner.allocation.problem.options import NOTHING
from planner.allocation.problem.snapshot import Snapshot
from planner.models import AllocationRun
from planner.optimiser import Plan
from planner.optimiser.certificate.feasibility import facts
from planner.optimiser.certificate.max_flow import overdrawn
from planner.optimiser.model.problem import HARD, UNLIMITED
from programs import formats
from programs.costing import units_to_rupiah
from programs.eligibility.columns import Array
from programs.models.base import localised


@dataclass(frozen=True)
class Standing:
    """A recorded plan on a new snapshot.

    ``choice`` is the plan in the options of that snapshot; ``missing`` lists
    applications whose proposed place no rule allows any more; ``violations`` says in
    sentences which limits would break.
    """

    choice: Array
    missing: list[UUID]
    violations: list[str]

    @property
    def holds(self) -> bool:
        """Whether the plan can be carried out on these data."""
        return not self.missing and not self.violations


def of_run(run: AllocationRun, snapshot: Snapshot) -> Standing:
    """Return how a run's plan stands on a snapshot taken now."""
    wanted: dict[UUID, list[UUID]] = {}
    for row in run.proposals.order_by("application_id", "step"):
        wanted.setdefault(row.application_id, []).append(row.slot_id)
    choice, missing = choose(snapshot, wanted)
    return Standing(choice, missing, violations(snapshot, choice))


def choose(
    snapshot: Snapshot, wanted: dict[UUID, list[UUID]]
) -> tuple[Array, list[UUID]]:
    """Return the choice that gives everybody these slots, and who cannot have them.

    Parameters
    ----------
    snapshot: the data, as read on one day.
    wanted: {application id: [slot id]} of the people to place.
    """
    rows, offers, pairs = snapshot.rows, snapshot.offers, snapshot.pairs
    position = {application.pk: at for at, application in enumerate(rows.applications)}
    missing = [pk for pk in wanted if pk not in position]
    choice = np.full(snapshot.problem.num_agents, -1, np.int64)
    stay = np.flatnonzero(offers.pathway == NOTHING)
    choice[offers.agent[stay]] = stay
    for agent, group in enumerate(offers.agents):
        asked = {m: wanted.get(rows.applications[m].pk, []) for m in group}
        if not any(asked.values()):
            continue
        for option in range(*snapshot.problem.agent_ptr[agent : agent + 2].tolist()):
            way: dict[int, list[UUID]] = {member: [] for member in group}
            for pair in offers.pairs_of(option).tolist():
                way[int(pairs.applicant[pair])].append(rows.slots[pairs.slot[pair]].pk)
            if way == asked:
                choice[agent] = option
                break
        else:
            missing += [rows.applications[m].pk for m in group if asked[m]]
    return choice, missing


def violations(snapshot: Snapshot, choice: Array) -> list[str]:
    """Return a sentence for every limit that the choice breaks."""
    problem = snapshot.problem
    use = Plan.of(problem, choice).use
    told = []
    for at, limit in enumerate(snapshot.limits):
        used, name = int(use[at]), localised(limit.label_en, limit.label_id)
        over = used - int(problem.resource_upper[at])
        if over > 0 and problem.resource_excess_price[at] == HARD and not limit.lines:
            told.append(
                _("%(limit)s: %(by)s too much.")
                % {"limit": name, "by": units(over, limit)}
            )
        short = int(problem.resource_lower[at]) - used
        closed = limit.only_if_used and used == 0
        if short > 0 and problem.resource_shortfall_price[at] == HARD and not closed:
            told.append(
                _("%(limit)s: %(by)s too little.")
                % {"limit": name, "by": units(short, limit)}
            )
    told += short_lines(snapshot, use)
    # Whatever these words do not cover still counts: the check has the last say.
    return told or list(facts(problem, choice).violations)


def units(amount: int, limit: Limit) -> str:
    """Return an amount in what people count, rounded away from nothing."""
    return formats.number(-(-amount // limit.scale))


def short_lines(snapshot: Snapshot, use: Array) -> list[str]:
    """Return a sentence for every group of budget lines that cannot pay."""
    pools = {
        resource: list(lines)
        for (_year, lines), resource in snapshot.pools.items()
        if use[resource] > 0
    }
    need = {resource: int(use[resource]) for resource in pools}
    give = [
        None if u >= UNLIMITED else u for u in snapshot.problem.supply_upper.tolist()
    ]
    told = []
    for asked, lines in overdrawn(pools, need, give):
        steps = sum(need[r] for r in asked) - sum(give[line] or 0 for line in lines)
        missing = steps * snapshot.lines[lines[0]].step
        names = [snapshot.lines[line] for line in lines]
        told.append(
            _("%(lines)s: %(amount)s are missing.")
            % {
                "lines": ", ".join(localised(n.label_en, n.label_id) for n in names),
                "amount": formats.rupiah_short(units_to_rupiah(missing)),
            }
        )
    return told
