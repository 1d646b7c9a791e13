"""The sandbox's planner: first come, first served, at once.

It keeps the rules about who may take what and the number of seats, and weighs nothing:
what the real planner makes of merit, money and wishes takes a run.
"""

from datetime import timedelta
from uuid import uuid4

from django.utils.translation import gettext as _

from programs import eligibility
from programs.choices import ApplicationState, IntakeState
from programs.days import day_of
from programs.domain import events, intakes, placements, transactions
from programs.domain.actors import SYSTEM
from programs.event_kinds import EventKind
from programs.models import Application, FundingLine, FundingSource, Placement
from programs.refusals import Refusal, RefusalKind

from .seasons import AIRFARE
from .stage import FUND


@transactions.verb
def close(*, intake, now):
    """Take no more nominations; hosts may rate their candidates now."""
    return intakes.close(intake=intake, by=SYSTEM, now=now)


@transactions.verb
def place(*, intake, now):
    """Give everybody the first wish that has room for them, and publish it.

    Raises
    ------
    Refusal: the season was planned before.
    """
    if intake.state not in (IntakeState.OPEN, IntakeState.CLOSED):
        raise Refusal(
            "season-planned",
            _("This season is planned already; begin another one."),
            kind=RefusalKind.CONFLICT,
        )
    with transactions.atomic():
        if intake.state == IntakeState.OPEN:
            close(intake=intake, now=now)
        offers, left = _choose(intake, now)
        placements.offer_many(
            placements=offers, funding=_funding(offers), by=SYSTEM, now=now
        )
        placements.mark_applications(
            ids=[each.pk for each in left],
            to=ApplicationState.UNPLACED,
            telling_at=now,
        )
        intakes.decide(intake=intake, by=SYSTEM, now=now)
        _tell(intake, offers, now)
    return offers


def _choose(intake, now):
    """Return the places to offer, and the applications that get none."""
    pool = Application.objects.filter(intake=intake).in_pool()
    pool = pool.select_related("intake", "participant").order_by("submitted_at", "pk")
    taken, offers, left, publication = {}, [], [], uuid4()
    for application in pool.prefetch_related("preferences__slot__intake__program"):
        slot = _first_with_room(application, taken, now)
        if slot is None:
            left.append(application)
            continue
        taken[slot.pk] = taken.get(slot.pk, 0) + 1
        offer = Placement(
            application=application,
            slot=slot,
            agreement_id=slot.agreement_id,
            publication=publication,
            offered_at=now,
            expires_at=now + timedelta(days=intake.offer_days),
        )
        offers.append(offer)
    return offers, left


def _first_with_room(application, taken, now):
    wishes = application.preferences.all()
    slots = [wish.slot for wish in sorted(wishes, key=lambda wish: wish.rank)]
    slots = [slot for slot in slots if slot is not None]
    on = day_of(now, application.intake)
    judged = eligibility.verdicts(application=application, slots=slots, on=on)
    for verdict in judged:
        slot = verdict.slot
        if verdict.placeable and taken.get(slot.pk, 0) < slot.capacity_max:
            return slot
    return None


def _funding(offers):
    """Return what the sandbox's fund pays for each place."""
    category, amount = AIRFARE
    fund = FundingSource.objects.get(code=FUND)
    return [
        FundingLine(
            placement=offer,
            category_id=category,
            source=fund,
            fiscal_year=offer.slot.starts_on.year,
            amount=amount,
        )
        for offer in offers
    ]


def _tell(intake, offers, now):
    parties = {offer.slot.host_id for offer in offers}
    parties |= {offer.application.nominated_by_id for offer in offers}
    events.emit(
        kind=EventKind.INTAKE_PUBLISHED,
        obj=intake,
        institutions=sorted(parties),
        now=now,
    )
