"""A small season on a real server: an open intake, two senders with their hosts.

Everything lies around today, so the walk goes on any date.
"""

import shutil
import threading
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from api.models import InstitutionKey
from planner.allocation.decisions import approve, publish, request, submit
from planner.allocation.solving import execute
from planner.models import AllocationRun
from programs import clock
from programs.days import day_of
from programs.domain import intakes
from programs.models import CostCategory
from tests import factories, migrated

WALKERS = ("python", "typescript")


def make_database():
    """Fill the database's file with every migration, from the kept copy if any."""
    kept = migrated.kept_database()
    if kept.exists():
        shutil.copy(kept, settings.DATABASES["default"]["NAME"])
    else:
        call_command("migrate", verbosity=0)
    call_command("open_sandbox", verbosity=0)


def serve():
    """Serve the application from a thread; return its address."""
    import waitress  # as `manage.py serve` does

    server = waitress.create_server(get_wsgi_application(), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://127.0.0.1:{server.effective_port}"


class World:
    """An open intake, and what a walker needs to know to take part."""

    def __init__(self):
        self.planner, self.approver = factories.planner(), factories.approver()
        today = day_of(clock.now())
        stay = {
            "starts_on": today + timedelta(days=60),
            "ends_on": today + timedelta(days=240),
        }
        self.intake = factories.intake.make(
            code="SEASON",
            opens_on=today - timedelta(days=10),
            closes_on=today + timedelta(days=10),
            decide_by=today + timedelta(days=20),
            **stay,
        )
        factories.region.make()
        self._add_costs()
        ministry = factories.ministry.make()
        plan = _key(ministry, "plan")
        self.walkers = {name: self._walker(name, stay) for name in WALKERS}
        for walker in self.walkers.values():
            walker["PLAN_KEY"] = plan

    def _walker(self, name, stay):
        sender, host = factories.institution.make(), factories.host.make()
        slot = factories.slot.make(
            code=f"SLOT-{name}", intake=self.intake, host=host, capacity_max=2, **stay
        )
        return {
            "SENDER_KEY": _key(sender, "nominate"),
            "HOST_KEY": _key(host, "host"),
            "HOME": str(sender.pk),
            "SLOT": str(slot.pk),
            "NAME": name,
        }

    def _add_costs(self):
        category = CostCategory.objects.first() or factories.cost_category.make()
        factories.cost_rule.make(
            program=self.intake.program,
            category=category,
            formula="one_off",
            amount=5_000_000,
        )
        year = self.intake.starts_on.year
        source = factories.funding_source.make(code="apbn", name="APBN")
        factories.budget_line.make(source=source, fiscal_year=year, amount=15_000_000)
        rule = factories.funding_rule.make(
            program=self.intake.program, category=category, percent=100
        )
        rule.sources.set([source])

    def close(self):
        """Take no more nominations: hosts rate now."""
        intakes.close(intake=self.intake, by=self.planner, now=clock.now())

    def plan(self):
        """Solve, approve and publish."""
        run = request.allocate(
            intakes=[self.intake],
            by=self.planner,
            now=clock.now(),
            seconds=20,
            rings=False,
        )
        execute.execute(run.pk)
        run = AllocationRun.objects.get(pk=run.pk)
        submit.submit(run, by=self.planner, now=clock.now())
        approve.approve(
            run, digest=run.result_digest, by=self.approver, now=clock.now()
        )
        run = AllocationRun.objects.get(pk=run.pk)
        publish.publish(run, by=self.planner, now=clock.now())


def _key(institution, scope):
    _row, secret = InstitutionKey.objects.create_key(
        name="season", institution=institution, scopes=[scope]
    )
    return secret
