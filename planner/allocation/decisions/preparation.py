"""Preparing a publication: everything that can be done before anybody has to wait.

The plan is judged, and the rows it will write are made, from a reading of its own. The
transaction of ``publish`` claims what the plan draws on, looks at what was changed
since, and writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from planner.allocation.results import losses
from planner.allocation.review import drift, judging
from planner.models import AllocationRun, Proposal, Publication, Reserve, RunKind
from programs.costing import units_to_rupiah
from programs.domain import bulk, intakes as intake_verbs
from programs.domain.actors import Actor
from programs.models import (
    Application,
    FundingLine,
    FundingSource,
    Intake,
    Placement,
    Quota,
    ReserveEntry,
    ResourceUse,
)
from programs.refusals import Refusal, RefusalKind

from . import meanwhile
from .approve import require_unchanged

Key = tuple[UUID, UUID]
"""Whose place, and in which slot."""
Offer = tuple[Placement, list[FundingLine]]
"""An unsaved placement with its funding."""
Offers = dict[Key, Offer]
Parties = dict[UUID, list[UUID]]
"""The institutions that each intake concerns."""
Claims = dict[str, set[UUID | None]]
"""Ids by what they are of, as ``claims.claim`` asks."""


@dataclass(frozen=True)
class Prepared:
    """A plan that holds, and the rows that will make it binding.

    ``offers`` are the places proposed, with who pays; ``placements`` and ``funding``
    the same rows, ready to be written where every offer is new.
    ``waiting`` and ``others`` are the applications on a waiting list, and on none.
    ``quotas`` are the hard ones.
    """

    run: AllocationRun
    judged: judging.Judgement
    intakes: list[Intake]
    publication: Publication
    offers: Offers
    placements: list[Placement]
    funding: list[FundingLine]
    reserves: list[ReserveEntry]
    waiting: set[UUID]
    others: set[UUID]
    parties: Parties
    claims: Claims
    quotas: list[Quota]


def prepare(run: AllocationRun, *, by: Actor, now: datetime) -> Prepared:
    """Judge a plan on the data of today, and make its rows.

    Raises
    ------
    Refusal: the stored plan is not the one that was approved, or does not hold any
    more on the data as they are now.
    """
    require_unchanged(run)
    judged = judging.require_right(run)
    require_holds(run)
    intakes = list(run.intakes.select_related("program").order_by("code"))
    publication = Publication(
        run=run, result_digest=run.result_digest, published_by=by, published_at=now
    )
    offers = offers_of(run, publication, now)
    reserves = list(run.reserves.all())
    slots = {row.slot_id for row in reserves} | {slot for _who, slot in offers}
    waiting = {row.application_id for row in reserves}
    quotas = list(quotas_of(intakes))
    return Prepared(
        run=run,
        judged=judged,
        intakes=intakes,
        publication=publication,
        offers=offers,
        placements=bulk.Ready(placements_of(offers.values())),
        funding=bulk.Ready(lines_of(offers.values())),
        reserves=bulk.Ready(
            entry_of(row, publication) for row in reserves if row.slot_id in slots
        ),
        waiting=waiting,
        others=set(run.unplaced.values_list("application_id", flat=True)) - waiting,
        parties=parties_of(intakes),
        claims=claims_of(run, intakes, offers, quotas),
        quotas=quotas,
    )


def has_moved(prepared: Prepared) -> bool:
    """Return whether something changed that only a new look at everything can judge."""
    changed = meanwhile.changed_since(prepared.judged)
    return meanwhile.concerns(changed, prepared.intakes, prepared.quotas)


def require_holds(run: AllocationRun) -> None:
    """Refuse a plan that the data of today do not allow any more."""
    changes = drift.since(run)
    if changes.holds:
        return
    problems = [
        _("%(person)s can no longer get the proposed place.") % {"person": gone.pk}
        for gone in changes.missing
    ] + changes.violations
    raise Refusal(
        "plan-outdated",
        _("The data have changed and the plan no longer holds. Run it again. %s")
        % " ".join(problems[:5]),
        kind=RefusalKind.CONFLICT,
        problems=problems,
    )


def offers_of(run: AllocationRun, publication: Publication, now: datetime) -> Offers:
    """Return {(application, slot): (placement, funding)} of the proposals, unsaved."""
    rows = run.proposals.select_related(
        "application__participant", "slot__intake__program", "slot__agreement"
    )
    sources = source_ids()
    offers = {}
    for row in rows.order_by("pk"):
        placement = placement_of(row, run.pk, publication.pk, now)
        funding = funding_of(row, placement, sources)
        offers[row.application_id, row.slot_id] = placement, funding
    return offers


def placements_of(offers: Iterable[Offer]) -> list[Placement]:
    """Return the placements of offers."""
    return [placement for placement, _funding in offers]


def lines_of(offers: Iterable[Offer]) -> list[FundingLine]:
    """Return the funding lines of offers."""
    return [line for _placement, funding in offers for line in funding]


def source_ids() -> dict[str, UUID]:
    """Return {code: id} of all sources of money."""
    return dict(FundingSource.objects.values_list("code", "pk"))


def placement_of(
    row: Proposal | SimpleNamespace, run: UUID, publication: UUID, now: datetime
) -> Placement:
    """Return the unsaved placement of a proposal, or of somebody who moves up."""
    return Placement(
        application=row.application,
        slot=row.slot,
        pathway_id=row.pathway_id,
        agreement_id=row.slot.agreement_id,
        run=run,
        publication=publication,
        offered_at=now,
        expires_at=now + timedelta(days=row.slot.intake.offer_days),
    )


def funding_of(
    row: Proposal | SimpleNamespace, placement: Placement, sources: dict[str, UUID]
) -> list[FundingLine]:
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


def entry_of(row: Reserve, publication: Publication) -> ReserveEntry:
    """Return the unsaved entry of a waiting list."""
    return ReserveEntry(
        slot_id=row.slot_id,
        application_id=row.application_id,
        position=row.position,
        publication=publication.pk,
    )


def parties_of(intakes: list[Intake]) -> Parties:
    """Return {intake: its hosts, and the institutions that nominated for it}."""
    hosts = intake_verbs.hosts_of(intakes)
    parties = {intake.pk: set(hosts[intake.pk]) for intake in intakes}
    senders = Application.objects.filter(
        intake__in=intakes, nominated_by__isnull=False
    ).order_by("intake", "nominated_by")
    for intake, sender in senders.values_list("intake", "nominated_by").distinct():
        parties[intake].add(sender)
    return {pk: sorted(ids, key=str) for pk, ids in parties.items()}


def quotas_of(intakes: list[Intake]) -> QuerySet[Quota]:
    """Return the hard quotas that are about these intakes.

    A priced one is weighed by a plan and forbids nothing: nobody waits for it.
    """
    programs = {intake.program_id for intake in intakes}
    anywhere = Q(program__isnull=True) | Q(program__in=programs)
    return Quota.objects.filter(
        Q(intake__in=intakes) | (Q(intake__isnull=True) & anywhere), is_hard=True
    )


def resources_of(slots: set[UUID]) -> set[UUID | None]:
    """Return the shared resources that people in these slots use."""
    uses = ResourceUse.objects.order_by().values_list("slot", "resource")
    return {resource for slot, resource in uses if slot in slots}


def claims_of(
    run: AllocationRun, intakes: list[Intake], offers: Offers, quotas: Iterable[Quota]
) -> Claims:
    """Return what the plan draws on, and whom it is about, as ``claims.claim`` asks."""
    places = placements_of(offers.values())
    slots = [placement.slot for placement in places]
    people = {placement.application.participant_id for placement in places}
    if run.kind == RunKind.REPLAN:
        standing = losses.standing(intakes)
        people |= set(standing.values_list("application__participant", flat=True))
    return {
        "intakes": {intake.pk for intake in intakes},
        "slots": {slot.pk for slot in slots},
        "agreements": {slot.agreement_id for slot in slots},
        "routes": {slot.route_id for slot in slots},
        "quotas": {quota.pk for quota in quotas},
        "resources": resources_of({slot.pk for slot in slots}),
        "people": people,
        "sources": {line.source_id for line in lines_of(offers.values())},
    }
