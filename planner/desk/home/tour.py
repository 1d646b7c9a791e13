"""A short tour of the demonstration: the six things worth seeing, one link each."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from planner.desk.home.items import Item
from planner.models import AllocationRun
from programs.roles import Permission


def tour(user):
    """Return the six stops on the newest plan, for who may see it; else nothing."""
    if not settings.DEMO or not user.allows(Permission.PLAN):
        return []
    runs = AllocationRun.objects.visible_to(user).filter(scenario__isnull=True)
    run = runs.exclude(result_digest="").order_by("-number").first()
    return list(stops(run)) if run else []


def stops(run):
    """Yield the stops of a plan that has been made."""
    unplaced = run.unplaced.filter(main_reason="not_eligible").first()
    proposal = run.proposals.order_by("-cost", "pk").first()
    yield stop(_("The plan in one sentence, and how good it is at least"), run)
    if unplaced:
        yield stop(
            _("Somebody without a place: every reason, and what would change it"),
            run,
            "desk_run_person",
            unplaced.application_id,
        )
    if proposal:
        yield Item(
            _("A slot: who asked for it, who could take it, what it costs"),
            reverse("admin:desk_slot", args=[proposal.slot_id]),
        )
    yield stop(_("Why not my province? A quota and its people"), run, "desk_run_groups")
    yield stop(_("What more money would buy, really solved"), run, "desk_run_frontier")
    yield Item(_("Is everything whole? Each promise, recomputed"), integrity())


def stop(text, run, page="desk_run", *args):
    """Return a stop on a page of the run."""
    return Item(text, reverse(f"admin:{page}", args=[run.pk, *args]))


def integrity():
    """Return the page on which every promise is recomputed."""
    return reverse("admin:desk_integrity")
