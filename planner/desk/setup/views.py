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
from planner.desk.parts.needs import form_of, told
from programs import clock, regulations
from programs.admin.changes import READ, changed_meanwhile
from programs.choices import IntakeState, NeedKind, NeedState
from programs.days import day_of
from programs.domain import copies, intakes, needs as requests, programs, transactions
from programs.domain.actors import runs_program
from programs.models import Intake, Need
from programs.refusals import Refusal
from programs.roles import Permission

from . import steps
from .answers import AnswerForm
from .budgets import BudgetsStep
from .forms import FolderForm, RepeatForm, StartForm, owners_of
from .missing import FORMS, forms_of
from .pages import STEPS

MAKERS = (Permission.MANAGE_PROGRAMS,)
HELPERS = (*MAKERS, Permission.MANAGE_MONEY)
ANSWERERS = (Permission.MANAGE_MONEY, Permission.MANAGE_USERS)
OF_MONEY = ("costs", "budgets")
ASKED_AT = {
    NeedKind.BUDGET: "budgets",
    NeedKind.PAYER: "costs",
    NeedKind.ROUTE: "slots",
}
UNDER_WAY = (IntakeState.DRAFT, IntakeState.OPEN, IntakeState.CLOSED)


@needs(*MAKERS)
def start(request):
    """Begin a program with what it cannot do without; list those on their way."""
    if not owners_of(request.user).exists():
        raise PermissionDenied
    form = StartForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        rows = form.rows(today=day_of(now))
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
        repeat=RepeatForm(user=request.user, prefix="repeat"),
        folder=FolderForm(user=request.user, prefix="folder"),
        begun=begun.select_related("program").order_by("-starts_on", "code")[:20],
    )


@require_POST
@needs(*MAKERS)
def repeat(request):
    """Start from an intake of before, a year on."""
    form = RepeatForm(request.POST, user=request.user, prefix="repeat")
    if not form.is_valid():
        messages.error(request, _("Choose an intake of before."))
        return redirect("admin:desk_setup")
    made = attempt(
        request,
        lambda: copies.repeat(
            intake=form.cleaned_data["intake"],
            as_program=bool(form.cleaned_data["as_program"]),
            by=request.user,
            now=clock.now(),
        ),
        lambda intake: (
            _("%(intake)s is a draft now, a year on. Look at its days first.")
            % {"intake": intake}
        ),
    )
    if made is None:
        return redirect("admin:desk_setup")
    return redirect("admin:desk_setup_step", made.pk, "days")


@require_POST
@needs(*MAKERS)
def load(request):
    """Start from a ready folder, as a program of the own institution."""
    form = FolderForm(request.POST, user=request.user, prefix="folder")
    if not form.is_valid():
        messages.error(request, _("Choose a program of a regulation."))
        return redirect("admin:desk_setup")
    made = attempt(
        request,
        lambda: regulations.load(
            regulations.find(form.cleaned_data["folder"]),
            owner=form.cleaned_data["owner"],
            by=request.user,
            now=clock.now(),
        ),
        lambda program: (
            _("%(program)s is there, with %(count)s rules of its regulation.")
            % {"program": program, "count": program.rules.count()}
        ),
    )
    first = made and made.intakes.order_by("starts_on").first()
    if not first:
        return redirect("admin:desk_setup")
    return redirect("admin:desk_setup_step", first.pk, "days")


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
        missing=forms_of(slug, intake=intake, user=request.user),
        asked=[(told(each), each) for each in _asked(intake, slug)],
        version=page.step.version,
        step=page.step,
        next=steps.after(slug),
    )


def _asked(intake, slug):
    """Return what is asked for of a step, with what came of it."""
    kinds = [kind for kind, step in ASKED_AT.items() if step == slug]
    rows = intake.needs.filter(kind__in=kinds).select_related("source", "intake")
    return rows.order_by("-asked_at")[:10]


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
    intake = _own(request, intake_id)
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
def add_missing(request, intake_id, kind):
    """Add what a step lacks, or ask for it."""
    if kind not in FORMS:
        raise Http404
    intake = _own(request, intake_id)
    form = FORMS[kind](request.POST, intake=intake, user=request.user)
    if form.is_valid():
        attempt(request, lambda: form.save(now=clock.now()), str)
    else:
        for name, found in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(found)}")
    return redirect("admin:desk_setup_step", intake.pk, form.step)


@require_POST
@needs(*MAKERS)
def ask_budget(request, intake_id):
    """Ask those who keep the money for the budget of a payer in a year."""
    intake = _own(request, intake_id)
    cells = BudgetsStep(intake, user=request.user).cells
    asked = {cell.prefix: cell for cell in cells if cell.line is None}
    cell = asked.get(request.POST.get("ask", ""))
    if cell is None:
        raise Http404
    attempt(
        request,
        lambda: requests.ask(
            intake=intake,
            kind=NeedKind.BUDGET,
            source=cell.source,
            fiscal_year=cell.year,
            amount=cell.wanted,
            by=request.user,
            now=clock.now(),
        ),
        _("The planners are asked: it stands on their home page now."),
    )
    return redirect("admin:desk_setup_step", intake.pk, "budgets")


def _own(request, intake_id):
    """Return an intake that the reader coordinates."""
    rows = Intake.objects.visible_to(request.user).select_related("program__owner")
    intake = get_object_or_404(rows, pk=intake_id)
    if not runs_program(request.user, intake.program):
        raise PermissionDenied
    return intake


@needs(*ANSWERERS)
def need(request, need_id):
    """Show what a coordinator asks for; give it, or say why not."""
    rows = Need.objects.visible_to(request.user)
    row = get_object_or_404(
        rows.select_related("intake__program", "source", "asked_by"), pk=need_id
    )
    if not request.user.allows(requests.ANSWERED_BY[row.kind]):
        raise PermissionDenied
    form = AnswerForm(request.POST or None, need=row)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: form.save(by=request.user, now=clock.now()),
            _("The coordinator reads it on the home page."),
        )
        if done is not None:
            return redirect("admin:index")
    return render(
        request,
        "desk/setup/need.html",
        title=told(row),
        need=row,
        form=form,
        add=form_of(row),
        is_open=row.state == NeedState.OPEN,
    )
