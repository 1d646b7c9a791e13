"""``manage.py verify_draw``: whether ties of a plan stand as the draw decides them."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from planner.allocation.problem.options import OR, TEAM
from planner.allocation.results import draw, files
from planner.management import runs
from planner.optimiser.files.instance import read_instance
from planner.optimiser.model.alike import drawn
from programs.models import Application


class Command(BaseCommand):
    """Draws again, from the files of a run and the audit trail."""

    help = _("Draw the ties of a plan again, and say whether they stand so.")

    def add_arguments(self, parser):
        """Say which run."""
        parser.add_argument("run", help=_("the number of a run"))

    def handle(self, *, run, **options):
        """Draw again, print every lot, and fail where the plan is another."""
        run = runs.get(run)
        if not run.has_plan:
            raise CommandError(_("The run has no plan."))
        with files.unpacked(run) as folder:
            problem = read_instance(folder / "problem.npz")
            choice = files.claim(folder, problem).choice
        intakes = list(run.intakes.all())
        seeds = draw.seeds_of(intakes)
        for code, seed in sorted(seeds.items()):
            self.stdout.write(f"{code}  {seed or '–'}")
        names = problem.agent_id.tolist()
        keys = draw.lots(names, self.intakes_of(names, intakes), seeds)
        after, groups = drawn(problem, choice, keys)
        for group in groups:
            self.stdout.write("")
            for agent in group:
                got = (
                    problem.option_name(int(choice[agent]))
                    if choice[agent] >= 0
                    else "-"
                )
                place = got.partition(">")[2] or got
                self.stdout.write(f"{keys[agent][:16]}  {names[agent]}  {place}")
        if (after != choice).any():
            raise CommandError(_("The plan is not as the draw decides."))
        self.stdout.write(
            _("As drawn: %(groups)s groups of people exactly alike.")
            % {"groups": len(groups)}
        )

    def intakes_of(self, names, intakes):
        """Return the code of each agent's intake."""
        found = {}
        rows = Application.objects.filter(intake__in=intakes)
        for pk, team, code in rows.values_list("pk", "team", "intake__code"):
            found |= {str(pk): code, f"{TEAM}{team}": code}
        return [found[name.partition(OR)[0]] for name in names]
