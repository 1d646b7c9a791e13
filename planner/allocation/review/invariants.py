"""What must hold of runs and publications at any moment, whatever died on the way.

Each promise returns what breaks it as (row, figures), like those of the domain in
``programs.domain.invariants``; ``manage.py check_runs`` recomputes both.
"""

from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from planner.allocation.results import record
from planner.models import AllocationRun, Publication, PublishedIntake, RunState
from programs import formats
from programs.choices import IntakeState
from programs.domain import invariants as domain
from programs.models import AuditEvent, Placement

Breaches = list[tuple[object, str]]
"""The rows that break a promise, each with its figures."""
UNDECIDED = (
    IntakeState.DRAFT,
    IntakeState.OPEN,
    IntakeState.CLOSED,
    IntakeState.ALLOCATING,
)
STUCK = timedelta(seconds=120)
"""How long a run may look served after the lease of its worker ran out."""

ENDS = [f"runs.{state}" for state in ("solved", "infeasible", "failed")]


def check(*, now: datetime) -> list[domain.Breach]:
    """Return every breach of the promises about runs, and of those of the domain."""
    own = [
        domain.Breach(name, str(row), figures)
        for name, promise in PROMISES.items()
        for row, figures in promise(now)
    ]
    return [*own, *domain.check(now=now)]


def runs_end_once(now: datetime) -> Breaches:
    """A run comes to its end once, however many workers tried."""
    ends = AuditEvent.objects.filter(action__in=ENDS).values("object_id")
    counted = ends.annotate(times=Count("pk")).filter(times__gt=1).order_by()
    return [
        (row["object_id"], _("ended %(count)d times") % {"count": row["times"]})
        for row in counted
    ]


def plans_are_whole(now: datetime) -> Breaches:
    """What is stored of a plan has the digest that was computed with it."""
    breaches = []
    for run in AllocationRun.objects.exclude(result_digest=""):
        stored = record.digest_of(run)
        if stored != run.result_digest:
            told = {"digest": run.result_digest[:12], "stored": stored[:12]}
            breaches.append((run.pk, _("%(digest)s, stored %(stored)s") % told))
    halves = AllocationRun.objects.filter(result_digest="", proposals__isnull=False)
    return breaches + [(run.pk, _("half a plan")) for run in halves.distinct()]


def nobody_is_stuck(now: datetime) -> Breaches:
    """A run is never served longer than its lease and two minutes."""
    stuck = AllocationRun.objects.filter(
        state=RunState.RUNNING, lease_until__lt=Now() - STUCK
    )
    return [
        (
            run.pk,
            _("lease ran out on %(moment)s")
            % {"moment": formats.moment(run.lease_until)},
        )
        for run in stuck
    ]


def two_people_decide(now: datetime) -> Breaches:
    """Nobody approves the own plan."""
    own = Q(approved_by=F("created_by")) | Q(approved_by=F("submitted_by"))
    return [(run.pk, _("own plan")) for run in AllocationRun.objects.filter(own)]


def two_bodies_decide(now: datetime) -> Breaches:
    """A plan with two approvals has them from two people of two institutions."""
    rows = AllocationRun.objects.annotate(
        words=Count("approvals", distinct=True),
        people=Count("approvals__approver", distinct=True),
        bodies=Count("approvals__institution", distinct=True),
    )
    wrong = rows.filter(Q(words__gt=F("people")) | Q(words__gt=F("bodies")))
    breaches = [
        (
            run.pk,
            _("%(approvals)d approvals, %(bodies)d institutions")
            % {"approvals": run.words, "bodies": run.bodies},
        )
        for run in wrong
    ]
    asked = rows.filter(
        state=RunState.APPROVED, intakes__two_approvals=True, words__lt=2
    )
    return breaches + [
        (run.pk, _("second approval missing")) for run in asked.distinct()
    ]


def publications_are_approved(now: datetime) -> Breaches:
    """A published plan is exactly the one that was approved."""
    rows = Publication.objects.exclude(
        result_digest=F("run__approved_digest"), run__approved_by__isnull=False
    )
    return [(row.pk, _("not what was approved")) for row in rows]


def publications_are_whole(now: datetime) -> Breaches:
    """A publication has all of its placements, or more by moving up, never fewer."""
    breaches = []
    for publication in Publication.objects.all():
        count = Placement.objects.filter(publication=publication.pk).count()
        if count < publication.num_placements:
            told = {"count": count, "all": publication.num_placements}
            figures = _("%(count)d placements of %(all)d") % told
            breaches.append((publication.pk, figures))
    return breaches


def placements_are_published(now: datetime) -> Breaches:
    """A placement that names a publication names one that exists."""
    orphans = Placement.objects.filter(publication__isnull=False).exclude(
        publication__in=Publication.objects.values("pk")
    )
    return [(row.pk, _("without its publication")) for row in orphans]


def one_plan_is_live(now: datetime) -> Breaches:
    """An intake has one live publication at most."""
    live = PublishedIntake.objects.filter(is_live=True).values("intake")
    counted = live.annotate(times=Count("pk")).filter(times__gt=1).order_by()
    return [
        (row["intake"], _("%(count)d in force") % {"count": row["times"]})
        for row in counted
    ]


def published_intakes_are_decided(now: datetime) -> Breaches:
    """An intake whose plan is in force takes no applications and waits for no plan."""
    live = PublishedIntake.objects.filter(is_live=True, intake__state__in=UNDECIDED)
    return [
        (row.intake_id, f"{row.intake.code}: {row.intake.get_state_display()}")
        for row in live.select_related("intake")
    ]


PROMISES = {
    promise.__name__: promise
    for promise in (
        runs_end_once,
        plans_are_whole,
        nobody_is_stuck,
        two_people_decide,
        two_bodies_decide,
        publications_are_approved,
        publications_are_whole,
        placements_are_published,
        one_plan_is_live,
        published_intakes_are_decided,
    )
}
