"""Writing down what came of a run: all of it in one transaction, or nothing."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from planner.allocation.problem.builder import Limit, Line
from planner.allocation.problem.snapshot import Snapshot
from planner.jobs.leases import Lease
from planner.models import (
    AllocationRun,
    ArtifactKind,
    LimitPrice,
    Proposal,
    Reserve,
    RunArtifact,
    RunState,
    Unplaced,
)
from planner.models.states import ACTIONS
from planner.optimiser.certificate.check import Verdict
from planner.optimiser.model.claim import Claim
from programs import clock
from programs.domain import audit, transactions
from programs.domain.actors import SYSTEM

from . import (
    draw,
    fairness,
    funding,
    inquiries,
    losses,
    reasons,
    shadow_prices,
    standing,
    summary,
    waiting_lists,
)
from .numbers import finite
from .outcome import Outcome
from .reasons import Reasons
from .solved import Solved

BATCH = 1000


def snapshot_taken(lease: Lease, snapshot: Snapshot, folder: Path) -> None:
    """Keep the problem file and its digest: what the run is about from now on."""
    content = (folder / "problem.npz").read_bytes()
    with transactions.atomic():
        lease.write(input_digest=snapshot.problem.digest)
        keep(lease.row_id, ArtifactKind.PROBLEM, content)


def keep(run_id: UUID, kind: str, content: bytes) -> None:
    """Store a file of a run, compressed, in place of an earlier attempt's."""
    RunArtifact.objects.update_or_create(
        run_id=run_id,
        kind=kind,
        defaults={
            "content": gzip.compress(content, compresslevel=6, mtime=0),
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        },
    )


def plan(lease: Lease, snapshot: Snapshot, solved: Solved, verdict: Verdict) -> None:
    """Record a checked plan: proposals, waiting lists, reasons, prices, files."""
    run = AllocationRun(pk=lease.row_id)
    outcome = Outcome(snapshot, solved.claim, solved.about)
    proposals = proposed(outcome, run)
    lists, why = others(lease, outcome)
    draw.note(why, snapshot.offers.agents, outcome.placed, solved.about)
    reserves = reserved(outcome, run, lists)
    unplaced = explained(outcome, run, why)
    prices = shadow_prices.rows(outcome, run)
    figures = summary.of(outcome, proposals, reserves, unplaced, prices)
    figures["fairness"] = fairness.as_data(fairness.of(outcome))
    figures["fairness"]["draw"] = draw.as_data(solved.about)
    figures["losses"] = lost(lease, proposals, unplaced)
    lease.beat(seconds=0)
    tiers = told_tiers(snapshot, solved.claim, verdict)
    with transactions.atomic():
        state = state_of(solved)
        lease.write(
            state=state,
            lease_until=None,
            finished_at=Now(),
            result_digest=digest(snapshot.problem.digest, proposals, reserves),
            tiers=tiers,
            bound=tiers[0]["bound"],
            verified_gap=tiers[0]["gap"],
            summary=figures,
            **circumstances(solved),
        )
        Proposal.objects.bulk_create(proposals, batch_size=BATCH)
        Reserve.objects.bulk_create(reserves, batch_size=BATCH)
        Unplaced.objects.bulk_create(unplaced, batch_size=BATCH)
        LimitPrice.objects.bulk_create(prices, batch_size=BATCH)
        inquiries.ask(run, unplaced, state=state)
        standing.ask(outcome, run, prices, unplaced, state=state)
        files(lease, solved, verdict)
        note(lease, state, placed=len({p.application_id for p in proposals}))


def lost(
    lease: Lease, proposals: list[Proposal], unplaced: list[Unplaced]
) -> dict[str, Any]:
    """Return whom the plan hurts, in numbers, as things stood when it was written."""
    row = AllocationRun.objects.select_related("scenario").get(pk=lease.row_id)
    left_out = {each.application_id for each in unplaced}
    return losses.as_data(losses.of(row, proposals, left_out))


def state_of(solved: Solved) -> str:
    """Return how a run with a plan has ended.

    Whoever stopped it wanted the plan of that moment: it is checked, and as good as
    any other to be submitted. One whose every attempt crashed keeps a plan for people
    to look at.
    """
    return RunState.FAILED if solved.crashed else RunState.SOLVED


def others(
    lease: Lease, outcome: Outcome
) -> tuple[list[tuple[int, list[int]]], Reasons]:
    """Return the waiting lists, and the reasons of everybody without a place."""
    lists = waiting_lists.lists(outcome, step=lease.beat)
    return lists, reasons.explain(outcome, step=lease.beat)


def without_plan(
    lease: Lease,
    snapshot: Snapshot,
    solved: Solved,
    verdict: Verdict,
    *,
    state: str,
    detail: str,
) -> None:
    """Record that there is no plan, with everything that says why."""
    conflict = [named(snapshot, relief) for relief in solved.about["conflict"]]
    with transactions.atomic():
        lease.write(
            state=state,
            lease_until=None,
            finished_at=Now(),
            summary={"conflict": conflict},
            **(circumstances(solved) | {"detail": detail}),
        )
        files(lease, solved, verdict)
        note(lease, state)


def named(snapshot: Snapshot, relief: dict[str, Any]) -> dict[str, Any]:
    """Return a limit that is part of a conflict, with the names people know it by.

    Whoever must be placed is named by the id of the application. ``by`` is in what
    people count (persons, hours, ...), rounded up; of a budget line in planning units.
    """
    known: dict[str, Limit | Line] = {
        **{str(limit.key): limit for limit in snapshot.limits},
        **{str(line.key): line for line in snapshot.lines},
    }
    limit = known.get(relief["limit"])
    by, step = relief["by"], Fraction(1)
    if limit:
        step = limit.step if isinstance(limit, Line) else Fraction(1, limit.scale)
    return relief | {
        "by": None if by is None else ceil(by * step),
        "label_en": limit.label_en if limit else relief["limit"],
        "label_id": limit.label_id if limit else relief["limit"],
    }


def stop(
    lease: Lease,
    state: str,
    detail: str,
    *,
    rows: QuerySet[AllocationRun] | None = None,
) -> bool:
    """End a run without a result; do nothing if it was overtaken meanwhile."""
    rows = lease.mine() if rows is None else rows
    with transactions.atomic():
        ended = rows.update(
            state=state, detail=detail, lease_until=None, finished_at=Now()
        )
        if ended:
            note(lease, state)
    return bool(ended)


def circumstances(solved: Solved) -> dict[str, Any]:
    """Return the columns that tell how the solve went."""
    about = solved.about
    return {
        "status": solved.claim.status,
        "termination": solved.claim.termination,
        "phases": about["phases"],
        "versions": about["versions"],
        "parameters": about["parameters"] or None,
        "solve_seconds": about["seconds"],
        "detail": about["detail"],
    }


def told_tiers(
    snapshot: Snapshot, claim: Claim, verdict: Verdict
) -> list[dict[str, Any]]:
    """Return the tiers with the values and bounds that the check recomputed."""
    told = []
    for name, (value, proved), stated in zip(
        snapshot.tier_names, verdict.tiers, claim.tiers, strict=True
    ):
        gap, bound = None, finite(proved)
        if value is not None and bound is not None:
            gap = (bound - value) / max(1, abs(value))
        told.append(
            {
                "name": name,
                "value": value,
                "bound": bound,
                "gap": gap,
                "solver_bound": finite(stated.solver_bound),
            }
        )
    return told


def proposed(outcome: Outcome, run: AllocationRun) -> list[Proposal]:
    """Return the proposals of a plan, in the order of people and steps."""
    snapshot = outcome.snapshot
    rows, pairs = snapshot.rows, snapshot.pairs
    paid = funding.lay_out(outcome)
    proposals = []
    for option in outcome.chosen.tolist():
        pathway = int(snapshot.offers.pathway[option])
        steps: dict[int, int] = {}
        for pair in snapshot.offers.pairs_of(option).tolist():
            applicant = int(pairs.applicant[pair])
            steps[applicant] = step = steps.get(applicant, 0) + 1
            proposals.append(
                Proposal(
                    run=run,
                    application=rows.applications[applicant],
                    slot=rows.slots[pairs.slot[pair]],
                    pathway=rows.pathways[pathway][0] if pathway >= 0 else None,
                    step=step,
                    is_kept=option in snapshot.current,
                    value={part: int(v[pair]) for part, v in pairs.value.items()},
                    funding=funding.by_source(paid[pair]),
                    cost=int(snapshot.tariffs.total[pairs.tariff[pair]]),
                )
            )
    return proposals


def reserved(
    outcome: Outcome, run: AllocationRun, lists: list[tuple[int, list[int]]]
) -> list[Reserve]:
    """Return the waiting lists as rows."""
    rows = outcome.snapshot.rows
    return [
        Reserve(
            run=run,
            slot=rows.slots[slot],
            application=rows.applications[applicant],
            position=position,
        )
        for slot, people in lists
        for position, applicant in enumerate(people, start=1)
    ]


def explained(outcome: Outcome, run: AllocationRun, why: Reasons) -> list[Unplaced]:
    """Return a row for everybody without a place, with the reasons found."""
    applications = outcome.snapshot.rows.applications
    return [
        Unplaced(
            run=run,
            application=applications[applicant],
            main_reason=list_of_reasons[0]["code"],
            reasons=list_of_reasons,
        )
        for applicant, list_of_reasons in sorted(why.items())
    ]


def digested(
    input_digest: str, proposals: Iterable[Proposal], reserves: Iterable[Reserve]
) -> dict[str, Any]:
    """Return what an approval is bound to: the input and every decision, sorted."""
    return {
        "input": input_digest,
        "proposals": sorted(
            [
                str(row.application_id),
                str(row.slot_id),
                str(row.pathway_id or ""),
                row.step,
                row.cost,
                row.funding,
            ]
            for row in proposals
        ),
        "reserves": sorted(
            [str(row.slot_id), row.position, str(row.application_id)]
            for row in reserves
        ),
    }


def digest(
    input_digest: str, proposals: Iterable[Proposal], reserves: Iterable[Reserve]
) -> str:
    """Return the SHA-256 of the decisions.

    It is computed from the stored rows alone, so that publishing can prove that
    nobody changed one of them.
    """
    return sealed(digested(input_digest, proposals, reserves))


def sealed(content: dict[str, Any]) -> str:
    """Return the SHA-256 of decisions as compact JSON with sorted keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(run: AllocationRun) -> str:
    """Return the digest of a run's rows as they are stored now."""
    return digest(run.input_digest, run.proposals.all(), run.reserves.all())


def files(lease: Lease, solved: Solved, verdict: Verdict) -> None:
    """Keep the result as the solver wrote it, and what the check said about it."""
    keep(lease.row_id, ArtifactKind.RESULT, solved.content)
    RunArtifact.objects.filter(run=lease.row_id, kind=ArtifactKind.DRAFT).delete()
    report = {
        "holds": verdict.holds,
        "violations": list(verdict.violations),
        "notes": list(verdict.notes),
        "objective": verdict.objective,
        "bound": finite(verdict.bound),
        "gap": verdict.gap,
        "tiers": [
            {"value": value, "bound": finite(bound)} for value, bound in verdict.tiers
        ],
    }
    text = json.dumps(report, indent=1, ensure_ascii=False)
    keep(lease.row_id, ArtifactKind.REPORT, text.encode())


def note(lease: Lease, state: str, **data: Any) -> None:
    """Append the end of an attempt to the audit trail."""
    audit.record(
        by=SYSTEM,
        action=ACTIONS[state],
        obj=AllocationRun(pk=lease.row_id),
        data={"attempt": lease.attempt, **data},
        now=clock.now(),
    )
