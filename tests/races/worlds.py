"""Published plans in which the next person could move up, made in few rows."""

from planner.allocation.decisions import approve, publish, submit
from planner.allocation.solving import execute
from planner.models import AllocationRun
from programs.domain import invariants, placements
from programs.models import Placement, ReserveEntry, User
from tests.planner.allocation.worlds import NOW, fresh


def again(row):
    """Return a row as somebody else would read it now."""
    return type(row)._base_manager.get(pk=row.pk)


def approved(world, **options):
    """Return a solved plan that was approved."""
    run = options.pop("run", None) or world.run(**options)
    execute.execute(run.pk)
    run = fresh(run)
    submit.submit(run, by=world.planner, now=NOW)
    return approve.approve(
        run, digest=run.result_digest, by=world.approver, now=NOW, comment="Good."
    )


def published(world, **options):
    """Publish a plan and return its run."""
    run = approved(world, **options)
    publish.publish(run, by=world.planner, now=NOW)
    return run


def publishing(world, run):
    """Return a call that publishes the run, as another process would."""
    return lambda: publish.publish(
        AllocationRun.objects.get(pk=run.pk), by=user(world.planner), now=NOW
    )


def user(row):
    """Return a user of one's own: each thread reads memberships for itself."""
    return User.objects.get(pk=row.pk)


def leave(slot, by):
    """Give one offered place of a slot back, by its coordinator."""
    placement = Placement.objects.live().filter(slot=slot).first()
    placements.decline(placement=placement, by=by, now=NOW)
    return placement


def entry(slot, application):
    """Return somebody's place on a waiting list."""
    return ReserveEntry.objects.get(slot=slot, application=application, is_open=True)


def breaches():
    """Return the promises that are broken now."""
    return [
        breach
        for breach in invariants.check(now=NOW)
        if breach.promise != "offers_are_answered"
    ]
