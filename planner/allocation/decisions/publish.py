"""Publishing: the one moment at which proposals become decisions.

What takes long is done before (see ``preparation``). One short transaction claims what
the plan draws on, judges again what has changed meanwhile, and writes placements,
money, waiting lists, audit and events: two people who publish at once, or a crash in
between, leave one set of decisions or none.
"""

import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from django.utils.translation import gettext as _

from planner.allocation.results import losses
from planner.allocation.review import judging
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
from programs.domain import (
    audit,
    bulk,
    claims,
    events,
    intakes as intake_verbs,
    placements,
    states,
    transactions,
)
from programs.domain.actors import Actor, require
from programs.event_kinds import EventKind
from programs.models import (
    ChainHead,
    FundingLine,
    Intake,
    Placement,
    ReserveEntry,
)
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import transitions
from .approve import require_approvals
from .preparation import (
    Key,
    Offers,
    Parties,
    Prepared,
    has_moved,
    lines_of,
    placements_of,
    prepare,
)

LOOKS = 3
"""How often a plan is judged as a whole while others change what it rests on."""
UNDECIDED = IntakeState.CLOSED, IntakeState.ALLOCATING
PUBLISHABLE = (*UNDECIDED, IntakeState.DECIDED)


class Moved(Exception):
    """What the plan rests on was changed after it was judged; nothing is written."""


@transactions.verb
def publish(run: AllocationRun, *, by: Actor, now: datetime) -> Publication:
    """Make an approved plan binding, and return the publication.

    Raises
    ------
    Refusal: the run is not approved, somebody published it already, its rows are not
    those that were approved, or it no longer holds on the data as they are now.
    """
    require(by, Permission.PLAN)
    try:
        for _look in range(LOOKS):
            transitions.require_able(run, RunState.PUBLISHED)
            prepared = prepare(run, by=by, now=now)
            try:
                with collisions_told(), uncollected():
                    return decide(prepared, by, now)
            except Moved:
                continue
    finally:
        run.refresh_from_db()
    raise Refusal(
        "data-moving",
        _(
            "What the plan rests on was changed each time while it was being judged. "
            "Nothing was published; try again."
        ),
        kind=RefusalKind.BUSY,
    )


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from looking through what is there already.

    A prepared plan of 20,000 people is millions of objects, none of them garbage;
    looking through them again and again took a quarter of the writing transaction.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def collisions_told() -> AbstractContextManager[None]:
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


def decide(prepared: Prepared, by: Actor, now: datetime) -> Publication:
    """Write the decisions of a prepared plan, and retire those it replaces."""
    run, publication = prepared.run, prepared.publication
    with transactions.atomic():
        claims.claim(**prepared.claims)
        transitions.move(
            run,
            RunState.PUBLISHED,
            by=by,
            now=now,
            data={"digest": run.approved_digest},
            published_at=now,
        )
        intakes = current(prepared.intakes)
        if has_moved(prepared):
            raise Moved
        judging.require_still_right(run, prepared.judged)
        require_approvals(run)
        retire(intakes, by, now)
        kept = replace(prepared, by, now) if run.kind == RunKind.REPLAN else set()
        placed, funding = rows_beside(prepared, kept)
        publication.num_placements = len(placed)
        publication.save(force_insert=True)
        PublishedIntake.objects.bulk_create(
            [PublishedIntake(publication=publication, intake=i) for i in intakes]
        )
        placements.offer_many(placements=placed, funding=funding, by=by, now=now)
        wait(prepared, now)
        undecided = [intake for intake in intakes if intake.state in UNDECIDED]
        if undecided:
            intake_verbs.decide_many(intakes=undecided, by=by, now=now)
        tell(publication, intakes, prepared.parties, by, now)
    return publication


def rows_beside(
    prepared: Prepared, kept: set[Key]
) -> tuple[list[Placement], list[FundingLine]]:
    """Return placements and funding of all offers but those that are kept."""
    if not kept:
        return prepared.placements, prepared.funding
    new = [offer for key, offer in prepared.offers.items() if key not in kept]
    return placements_of(new), lines_of(new)


def current(intakes: list[Intake]) -> list[Intake]:
    """Return the intakes as they are now; refuse those that take no plan."""
    rows = Intake.objects.filter(pk__in=[intake.pk for intake in intakes])
    rows = list(rows.select_related("program").order_by("code"))
    for intake in rows:
        if intake.state not in PUBLISHABLE:
            raise Refusal(
                "intake-state",
                _(
                    "%(code)s is “%(state)s”; a plan is published for intakes that are "
                    "closed."
                )
                % {"code": intake.code, "state": intake.get_state_display()},
                kind=RefusalKind.CONFLICT,
            )
    return rows


def retire(intakes: list[Intake], by: Actor, now: datetime) -> None:
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


def replace(prepared: Prepared, by: Actor, now: datetime) -> set[Key]:
    """Supersede decided places that the plan changes; return those it keeps.

    Who pays may differ for a place that stays: its funding is laid out anew, or the
    lines of everybody together could exceed a budget. What is given back comes first.
    Somebody the plan did not look at, as whose data are only kept, loses nothing by it.
    """
    run = prepared.run
    standing = losses.standing(prepared.intakes).select_related(
        "application", "slot__intake__program"
    )
    places = {(each.application_id, each.slot_id): each for each in standing}
    kept = {key: each for key, each in places.items() if key in prepared.offers}
    looked_at = prepared.waiting | prepared.others
    looked_at |= {application for application, _slot in prepared.offers}
    gone = [
        each
        for key, each in places.items()
        if key not in kept and each.application_id in looked_at
    ]
    placements.supersede_many(
        placements=gone,
        by=by,
        now=now,
        reason=_("Replaced by the plan of run %(number)d.") % {"number": run.number},
    )
    pay_anew(kept, prepared.offers)
    placed_again = {application for application, _slot in prepared.offers}
    left = {placement.application_id for placement in gone}
    placements.mark_applications(
        ids=left - placed_again, to=ApplicationState.UNPLACED, telling_at=now
    )
    return set(kept)


def pay_anew(kept: dict[Key, Placement], offers: Offers) -> None:
    """Lay the funding of places that stay out as the plan says."""
    funding = []
    for key, placement in kept.items():
        for line in offers[key][1]:
            line.placement = placement
            funding.append(line)
    for batch in states.batches(placement.pk for placement in kept.values()):
        FundingLine.objects.filter(placement__in=batch).delete()
    bulk.create(funding)


def wait(prepared: Prepared, now: datetime) -> None:
    """Publish the waiting lists, and tell everybody else how it ended."""
    ReserveEntry.objects.filter(slot__intake__in=prepared.intakes, is_open=True).update(
        is_open=False
    )
    bulk.create(prepared.reserves)
    placements.mark_applications(
        ids=prepared.waiting, to=ApplicationState.RESERVE, telling_at=now
    )
    placements.mark_applications(
        ids=prepared.others, to=ApplicationState.UNPLACED, telling_at=now
    )


def tell(
    publication: Publication,
    intakes: list[Intake],
    parties: Parties,
    by: Actor,
    now: datetime,
) -> None:
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
    events.emit_many(
        kind=EventKind.INTAKE_PUBLISHED,
        entries=[(intake, parties[intake.pk]) for intake in intakes],
        now=now,
    )
