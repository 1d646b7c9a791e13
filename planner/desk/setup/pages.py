"""What is behind each step: what its page shows, and how it is written.

Each has a ``template``, a ``version`` of what it shows, ``is_valid`` and ``save``.
"""

from django.urls import reverse

from planner.desk.parts import setup
from programs.domain import programs
from programs.models import Quota

from .budgets import BudgetsStep
from .costs import CostsStep
from .forms import DaysForm, ProgramForm, rules_form
from .slots import SlotsStep


class FormStep:
    """A step that is one form of the program or of the intake."""

    template = "desk/setup/form.html"

    def __init__(self, intake, *, user, data=None):
        self.row = self.row_of(intake)
        self.form = self.form_of(self.row)(data, instance=self.row)
        self.version = self.form.version()

    def row_of(self, intake):
        """Return the row that the form is of."""
        return intake.program

    def form_of(self, row):
        """Return the class of the form."""
        return ProgramForm

    def is_valid(self):
        """Return whether everything that was sent can be read."""
        return self.form.is_valid()

    def save(self, *, by, now):
        """Write what was changed."""
        changed = [name for name in self.form.changed_data if name != "reason"]
        reason = self.form.cleaned_data.get("reason", "")
        programs.change(row=self.row, changed=changed, by=by, now=now, reason=reason)
        return bool(changed)


class DaysStep(FormStep):
    """The days of the intake."""

    def row_of(self, intake):
        """Return the intake."""
        return intake

    def form_of(self, row):
        """Return the class of the form."""
        return DaysForm


class RulesStep(FormStep):
    """Who may take part, and what the regulation says of it."""

    @property
    def regulation(self):
        """The rules of the program's regulation, in their order."""
        return list(self.row.rules.all())

    def form_of(self, row):
        """Return the class of the form, with the condition read aloud."""
        return rules_form(row)


class LookStep:
    """A step that shows and links; nothing is saved there."""

    version = ""

    def __init__(self, intake, *, user, data=None):
        self.intake = intake

    def is_valid(self):
        """Return that nothing was sent that could be wrong."""
        return True

    def save(self, *, by, now):
        """Save nothing."""
        return False


class QuotasStep(LookStep):
    """The quotas there are; each is written in its own form."""

    template = "desk/setup/quotas.html"

    def __init__(self, intake, *, user, data=None):
        super().__init__(intake, user=user)
        of_intake = Quota.objects.filter(intake=intake)
        of_program = Quota.objects.filter(program=intake.program)
        self.quotas = (of_intake | of_program).select_related(
            "region_list", "province", "institution", "host_country"
        )
        add = reverse("admin:programs_quota_add")
        self.add = f"{add}?intake={intake.pk}"


class ReadyStep(LookStep):
    """What is still missing, and the button that opens the intake."""

    template = "desk/setup/ready.html"

    def __init__(self, intake, *, user, data=None):
        super().__init__(intake, user=user)
        rows = list(intake.slots.select_related("agreement", "route"))
        self.findings = [
            *setup.costs_without_payer(intake, rows),
            *setup.shares(intake),
            *setup.slots_without_frame(intake, rows),
            *setup.transfers_without_basis(rows),
        ]


STEPS = {
    "program": FormStep,
    "days": DaysStep,
    "rules": RulesStep,
    "slots": SlotsStep,
    "costs": CostsStep,
    "budgets": BudgetsStep,
    "quotas": QuotasStep,
    "ready": ReadyStep,
}
