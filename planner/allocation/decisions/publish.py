"""Publishing: the one moment at which proposals become decisions.

Everything happens in one transaction: the data are read again, the plan is checked
against them, and placements, money, waiting lists, audit and events are written. Two
people who publish at once, or a crash in between, leave one set of decisions or none.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from planner.allocation.problem import snapshot
from planner.allocation.problem.objective import WEIGHT_OF_STATE
from planner.allocation.review import drift, judging
from planner.models import (
    AllocationRun,
    Publication,
    PublishedIntake,
    RunKind,
    RunState,
)
from programs import collisions
from programs.audit_actions import AuditAction
from programs.choices import ApplicationState, IntakeState
from programs.costing import units_to_rupiah
from programs.domain import (
    audit,
    events,
    intakes as intake_verbs,
    placements,
    states,
)
from programs.domain.actors import require
from programs.domain.states import APPLICATION_MOVES
from programs.event_kinds import EventKind
from programs.models import (
    Application,
    BudgetLine,
    ChainHead,
    FundingLine,
    FundingSource,
    Placement,
    ReserveEntry,
)
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import transitions
from .approve import require_approvals, require_unchanged

BATCH = 1000
UNDECIDED = IntakeState.CLOSED, IntakeState.ALLOCATING


def publish(run, *, by, now):
    """Make an approved plan binding, and return the publication.

    Raises
    ------
    Refusal: the run is not approved, somebody published it already, its rows are not
    those that were approved, or it no longer holds on the data as they are now.
    """
    require(by, Permission.PLAN)
    transitions.require_able(run, RunState.PUBLISHED)
    require_unchanged(run)
    judged = judging.require_right(run)
    try:
        with collisions_told(), transaction.atomic():
            # The update takes the row lock: whoever comes second finds it published.
            transitions.move(
                run,
                RunState.PUBLISHED,
                by=by,
                now=now,
                data={"digest": run.approved_digest},
                published_at=now,
            )
            lock(run)
            require_unchanged(run)
            judging.require_still_right(run, judged)
            require_approvals(run)
            require_holds(run)
            return decide(run, by, now)
    finally:
        run.refresh_from_db()


def collisions_told():
    """Tell what the database refuses as what it is."""
    return collisions.told_as(
        Refusal(
            "already-live",
            _("Another plan of one of these intakes was published at this moment."),
            kind=RefusalKind.CONFLICT,
        ),
        PublishedIntake,
        "intake_has_one_live_publication",
        otherwise=Refusal(
            "decided-meanwhile",
            _("Something this plan decides was decided at this moment; try again."),
            kind=RefusalKind.CONFLICT,
        ),
    )


def lock(run):
    """Lock what the plan draws on, always in the same order.

    SQLite gives the transaction the whole database; a server needs to be asked.
    """
    if connection.features.has_select_for_update:
        list(run.intakes.select_for_update(of=("self",)).order_by("pk"))
        list(BudgetLine.objects.select_for_update(of=("self",)).order_by("pk"))


def require_holds(run):
    """Refuse a plan that the data of today do not allow any more."""
    found = drift.between(run, snapshot.of_run(run))
    if found.holds:
        return
    problems = [
        _("%(person)s can no longer get the proposed place.") % {"person": gone.pk}
        for gone in found.missing
    ] + found.violations
    raise Refusal(
        "plan-outdated",
        _("The data have changed and the plan no longer holds. Run it again. %s")
        % " ".join(problems[:5]),
        kind=RefusalKind.CONFLICT,
        problems=problems,
    )


def decide(run, by, now):
    """Write the decisions of a run, and retire those it replaces."""
    intakes = list(run.intakes.select_related("program").order_by("code"))
    retire(intakes, by, now)
    publication = Publication.objects.create(
        run=run,
        result_digest=run.result_digest,
        published_by=by,
        published_at=now,
    )
    PublishedIntake.objects.bulk_create(
        [PublishedIntake(publication=publication, intake=i) for i in intakes]
    )
    offered = offer(run, publication, by, now)
    wait(run, publication)
    undecided = [intake for intake in intakes if intake.state in UNDECIDED]
    if undecided:
        intake_verbs.decide_many(intakes=undecided, by=by, now=now)
    Publication.objects.filter(pk=publication.pk).update(num_placements=len(offered))
    publication.num_placements = len(offered)
    tell(publication, intakes, by, now)
    return publication


def retire(intakes, by, now):
    """Take the live publications of these intakes out of force."""
    live = PublishedIntake.objects.filter(intake__in=intakes, is_live=True)
    replaced = set(live.values_list("publication__run", flat=True))
    live.update(is_live=False)
    still = PublishedIntake.objects.filter(
        publication__run__in=replaced, is_live=True
    ).values("publication__run")
    gone = AllocationRun.objects.filter(
        pk__in=replaced, state=RunState.PUBLISHED
    ).exclude(pk__in=still)
    transitions.supersede_all(list(gone.order_by("number")), by=by, now=now)


def offer(run, publication, by, now):
    """Offer the places that are new; take back those that a replanning changes."""
    rows = list(
        run.proposals.select_related("application", "slot__intake").order_by("pk")
    )
    kept = set()
    if run.kind == RunKind.REPLAN:
        kept = replace(run, rows, by, now)
    new = [row for row in rows if (row.application_id, row.slot_id) not in kept]
    offered = [placement_of(row, run, publication, now) for row in new]
    sources = source_ids()
    lines = [
        line
        for row, placement in zip(new, offered, strict=True)
        for line in funding_of(row, placement, sources)
    ]
    placements.offer_many(placements=offered, funding=lines, by=by, now=now)
    return offered


def source_ids():
    """Return {code: id} of all sources of money."""
    return dict(FundingSource.objects.values_list("code", "pk"))


def placement_of(row, run, publication, now):
    """Return the unsaved placement of a proposal."""
    return Placement(
        application=row.application,
        slot=row.slot,
        pathway_id=row.pathway_id,
        agreement_id=row.slot.agreement_id,
        run=run.pk,
        publication=publication.pk,
        offered_at=now,
        expires_at=now + timedelta(days=row.slot.intake.offer_days),
    )


def funding_of(row, placement, sources):
    """Return the unsaved funding lines of a proposal; units become rupiah."""
    return [
        FundingLine(
            placement=placement,
            category_id=part["category"],
            source_id=sources[part["source"]],
            fiscal_year=part["year"],
            amount=units_to_rupiah(part["amount"]),
            currency=part.get("currency", "IDR"),
            foreign_amount=part.get("foreign_amount"),
        )
        for part in row.funding
    ]


def replace(run, rows, by, now):
    """Supersede decided places that the plan changes; return those it keeps.

    Who pays may differ for a place that stays: its funding is laid out anew, or the
    lines of everybody together could exceed a budget.
    """
    wanted = {(row.application_id, row.slot_id): row for row in rows}
    standing = Placement.objects.filter(
        application__intake__in=run.intakes.all(),
        state__in=WEIGHT_OF_STATE,
    ).select_related("application", "slot__intake__program")
    found = {(each.application_id, each.slot_id): each for each in standing}
    kept = {key: each for key, each in found.items() if key in wanted}
    gone = [each for key, each in found.items() if key not in wanted]
    pay_anew(kept, wanted)
    placements.supersede_many(
        placements=gone,
        by=by,
        now=now,
        reason=_("Replaced by the plan of run %(number)d.") % {"number": run.number},
    )
    placed_again = {row.application_id for row in rows}
    left = {placement.application_id for placement in gone}
    mark(left - placed_again, ApplicationState.UNPLACED)
    return set(kept)


def pay_anew(kept, wanted):
    """Lay the funding of places that stay out as the plan says."""
    sources = source_ids()
    funding = [
        line
        for key, placement in kept.items()
        for line in funding_of(wanted[key], placement, sources)
    ]
    for batch in states.batches(placement.pk for placement in kept.values()):
        FundingLine.objects.filter(placement__in=batch).delete()
    FundingLine.objects.bulk_create(funding, batch_size=BATCH)


def wait(run, publication):
    """Publish the waiting lists, and tell everybody else how it ended."""
    rows = list(run.reserves.all())
    slots = {row.slot_id for row in rows} | set(
        run.proposals.values_list("slot_id", flat=True)
    )
    ReserveEntry.objects.filter(
        slot__intake__in=run.intakes.all(), is_open=True
    ).update(is_open=False)
    ReserveEntry.objects.bulk_create(
        [
            ReserveEntry(
                slot_id=row.slot_id,
                application_id=row.application_id,
                position=row.position,
                publication=publication.pk,
            )
            for row in rows
            if row.slot_id in slots
        ],
        batch_size=BATCH,
    )
    waiting = {row.application_id for row in rows}
    others = set(run.unplaced.values_list("application_id", flat=True)) - waiting
    mark(waiting, ApplicationState.RESERVE)
    mark(others, ApplicationState.UNPLACED)


def mark(ids, state):
    """Move applications to a state, where their present one allows it."""
    starts = [start for start, ends in APPLICATION_MOVES.items() if state in ends]
    ids = sorted(ids)
    for first in range(0, len(ids), BATCH):
        Application.objects.filter(
            pk__in=ids[first : first + BATCH], state__in=starts
        ).update(state=state)


def tell(publication, intakes, by, now):
    """Append the publication to the audit trail and to the outbox."""
    head = ChainHead.objects.filter(pk=1).values_list("hash", flat=True).first() or ""
    audit.record(
        by=by,
        action=AuditAction.PUBLICATIONS_PUBLISH,
        obj=publication,
        data={
            "run": str(publication.run_id),
            "digest": publication.result_digest,
            "placements": publication.num_placements,
            "intakes": [intake.code for intake in intakes],
            "trail": head,
        },
        now=now,
    )
    hosts, senders = intake_verbs.hosts_of(intakes), senders_of(intakes)
    events.emit_many(
        kind=EventKind.INTAKE_PUBLISHED,
        entries=[
            (each, sorted({*hosts[each.pk], *senders[each.pk]}, key=str))
            for each in intakes
        ],
        now=now,
    )


def senders_of(intakes):
    """Return {intake: the institutions that nominated for it}."""
    found = {intake.pk: [] for intake in intakes}
    pairs = Application.objects.filter(
        intake__in=intakes, nominated_by__isnull=False
    ).order_by("intake", "nominated_by")
    for intake, sender in pairs.values_list("intake", "nominated_by").distinct():
        found[intake].append(sender)
    return found
