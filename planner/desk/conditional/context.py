"""What conditional places wait for: who, what, until when, and how many."""

from datetime import timedelta

from django.db.models import Count, Q

from programs.days import day_of
from programs.domain import awaited
from programs.domain.actors import runs_program
from programs.models import Intake, PlaceCondition
from programs.roles import Permission

WEEK = timedelta(days=7)
HIDDEN = ("nik", "passport", "disability")


def open_to(user):
    """Return what places still wait for that the reader sees."""
    return PlaceCondition.objects.visible_to(user).awaited()


def counts_of(rows, now):
    """Return how many places wait, and how many things are due within a week."""
    soon = day_of(now + WEEK)
    return rows.aggregate(
        places=Count("placement", distinct=True),
        due=Count("pk", filter=Q(due_on__lte=soon)),
    )


def listed(rows):
    """Return rows for a list, the first to be due before the others."""
    person = "placement__application__participant"
    return (
        rows.with_privacy()
        .select_related(person, "placement__slot__host")
        .select_related("placement__slot__intake__program")
        .defer(*(f"{person}__{name}" for name in HIDDEN))
        .order_by("due_on", "placement__slot__code", "pk")
    )


def told(rows, user, now):
    """Put what each of some rows waits for into words, as far as the reader may know.

    Sets ``said``, ``days`` (left until it is due) and ``may_decide`` on each.
    """
    rows = list(rows)
    for row in rows:
        intake = row.placement.slot.intake
        row.may_decide = runs_program(user, intake.program)
        row.days = (row.due_on - day_of(now, intake)).days
    said = awaited.said(rows, knows=lambda row: row.may_decide or sees_all(user))
    for row in rows:
        row.said = said[row.pk]
    return rows


def sees_all(user):
    """Return whether the reader may read everything there is."""
    return user.allows(Permission.VIEW_ALL)


def intakes_of(rows):
    """Return the intakes that some of the rows are of."""
    ids = rows.order_by().values("placement__slot__intake")
    return Intake.objects.filter(pk__in=ids).order_by("code")
