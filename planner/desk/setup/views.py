"""From nothing to an intake that can be planned, a page for each step."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planner.desk.pages import attempt, needs, render
from planner.desk.parts import setup
from programs import clock
from programs.admin.changes import READ, changed_meanwhile
from programs.choices import IntakeState
from programs.days import day_of
from programs.domain import intakes, programs, transactions
from programs.domain.actors import runs_program
from programs.models import Intake
from programs.refusals import Refusal
from programs.roles import Permission

from . import codes, steps
from .budgets import BudgetsStep
from .forms import StartForm, owners_of
from .missing import HostForm
from .pages import STEPS

MAKERS = (Permission.MANAGE_PROGRAMS,)
HELPERS = (*MAKERS, Permission.MANAGE_MONEY)
OF_MONEY = ("costs", "budgets")
UNDER_WAY = (IntakeState.DRAFT, IntakeState.OPEN, IntakeState.CLOSED)


@needs(*MAKERS)
def start(request):
    """Begin a program with what it cannot do without; list those on their way."""
    if not owners_of(request.user).exists():
        raise PermissionDenied
    form = StartForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        rows = form.rows(today=day_of(now), code=codes.free)
        made = attempt(
            request,
            lambda: programs.create_many(rows=rows, by=request.user, now=now),
            _("The program is there, with its first intake. Next: who may take part."),
        )
        if made is not None:
            return redirect("admin:desk_setup_step", rows[1].pk, "rules")
    begun = Intake.objects.visible_to(request.user).filter(state__in=UNDER_WAY)
    begun = begun.filter(program__owner__in=owners_of(request.user))
    return render(
        request,
        "desk/setup/start.html",
        title=_("Start a program"),
        form=form,
        begun=begun.select_related("program").order_by("-starts_on", "code")[:20],
    )


@needs(*HELPERS)
def step(request, intake_id, slug):
    """Show one step of an intake, and save what was filled in there."""
    if slug not in STEPS:
        raise Http404
    rows = Intake.objects.visible_to(request.user).select_related("program__owner")
    if request.method == "POST":
        answer, page = _saved(request, rows, intake_id, slug)
        if answer is not None:
            return answer
        intake = page.intake
    else:
        intake = get_object_or_404(rows, pk=intake_id)
        page = Page(intake, slug, request.user)
    slots = list(intake.slots.select_related("agreement"))
    verdict = setup.verdict_of(intake, slots)
    return render(
        request,
        page.step.template,
        title=f"{intake.program} – {steps.TITLES[slug]}",
        intake=intake,
        slug=slug,
        steps=steps.steps_of(intake, slots, verdict, current=slug),
        verdict=verdict,
        may=page.may,
        may_add=runs_program(request.user, intake.program),
        version=page.step.version,
        step=page.step,
        next=steps.after(slug),
    )


class Page:
    """A step of an intake as somebody sees it, or has sent it."""

    def __init__(self, intake, slug, user, data=None):
        self.intake = intake
        own = runs_program(user, intake.program)
        keeps = user.allows(Permission.MANAGE_MONEY) and slug in OF_MONEY
        self.may = own or keeps
        self.step = STEPS[slug](intake, user=user, data=data)


def _saved(request, rows, intake_id, slug):
    """Return (where to go on, None) after saving, or (None, the page with its errors).

    The intake is held meanwhile: of two who save, the second is told that the page is
    another than the one that was filled in.
    """
    page = None
    try:
        with transactions.atomic():
            held = rows.select_for_update(no_key=True, of=("self", "program"))
            intake = get_object_or_404(held, pk=intake_id)
            page = Page(intake, slug, request.user, request.POST)
            if not page.may:
                raise PermissionDenied
            if not constant_time_compare(request.POST.get(READ, ""), page.step.version):
                messages.error(request, changed_meanwhile())
                return redirect(request.path), None
            if not page.step.is_valid():
                messages.error(request, _("Nothing was saved: see the marked fields."))
                return None, page
            if page.step.save(by=request.user, now=clock.now()):
                messages.success(request, _("Saved."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return None, page
    slug = slug if "stay" in request.POST else steps.after(slug)
    return redirect("admin:desk_setup_step", intake_id, slug), None


@require_POST
@needs(*MAKERS)
def open_(request, intake_id):
    """Open the intake for applications."""
    rows = Intake.objects.visible_to(request.user).select_related("program")
    intake = get_object_or_404(rows, pk=intake_id)
    attempt(
        request,
        lambda: intakes.open_(intake=intake, by=request.user, now=clock.now()),
        _("The intake is open: institutions can nominate people now."),
    )
    return redirect("admin:desk_intake", intake.pk)


@require_POST
@needs(*MAKERS)
def hosts_pay(request, intake_id):
    """Note that the hosts of the slots pay what their people cost."""
    rows = Intake.objects.visible_to(request.user).select_related("program")
    intake = get_object_or_404(rows, pk=intake_id)
    if not runs_program(request.user, intake.program):
        raise PermissionDenied
    now = clock.now()

    def let_pay():
        with transactions.atomic():
            BudgetsStep(intake, user=request.user).let_hosts_pay(
                by=request.user, now=now
            )
        return True

    attempt(request, let_pay, _("The hosts are payers now, without a limit."))
    return redirect("admin:desk_setup_step", intake.pk, "budgets")


@require_POST
@needs(*MAKERS)
def add_host(request, intake_id):
    """Add a host that is in no list yet."""
    rows = Intake.objects.visible_to(request.user).select_related("program")
    intake = get_object_or_404(rows, pk=intake_id)
    form = HostForm(request.POST, intake=intake)
    if form.is_valid():
        attempt(
            request,
            lambda: form.save(by=request.user, now=clock.now()),
            lambda host: _("%(host)s is in the list of hosts now.") % {"host": host},
        )
    else:
        for name, found in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(found)}")
    return redirect("admin:desk_setup_step", intake.pk, "slots")
