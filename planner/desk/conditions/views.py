"""A condition while it is typed."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from planner.desk.conditions import context
from planner.desk.pages import needs
from programs.choices import PinKind
from programs.domain.actors import runs_program
from programs.models import GroupPin, Intake, Program, Slot
from programs.roles import Permission


@require_GET
@needs(Permission.MANAGE_PROGRAMS, Permission.PLAN)
def preview(request):
    """Answer what a condition means, whom it lets through, or what is wrong."""
    text = request.GET.get("condition", "")
    try:
        shown = _preview(request, text)
    except ValidationError as error:  # an id that is none
        raise Http404 from error
    return TemplateResponse(request, "desk/conditions/preview.html", {"preview": shown})


def _preview(request, text):
    if request.GET.get("pin"):
        return context.of_pin(_among(request), text, _pin(request, text))
    if request.GET.get("group"):
        return context.of_group(_among(request), text)
    if pk := request.GET.get("program"):
        program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
        if runs_program(request.user, program):
            return context.of_program(program, text)
    if pk := request.GET.get("slot"):
        slots = Slot.objects.visible_to(request.user)
        slots = slots.select_related("intake__program")
        slot = get_object_or_404(slots, pk=pk)
        if runs_program(request.user, slot.intake.program):
            return context.of_slot(slot, text)
    return context.of_nothing(text)


def _pin(request, text):
    """Return the pin that is being typed, of one place the reader may see, or None."""
    models = {"slot": Slot, "intake": Intake, "program": Program}
    given = {name: request.GET[name] for name in models if request.GET.get(name)}
    if len(given) != 1:
        return None
    [(name, pk)] = given.items()
    place = get_object_or_404(models[name].objects.visible_to(request.user), pk=pk)
    kind = request.GET.get("kind") or PinKind.PIN
    return GroupPin(kind=kind, condition=text, **{name: place})


def _among(request):
    """Return the intakes among whose applicants a rule is tried, as the form says."""
    user, asked = request.user, request.GET
    programs = Program.objects.visible_to(user)
    may_plan = user.allows(Permission.PLAN)
    own = [each.pk for each in programs if may_plan or runs_program(user, each)]
    intakes = Intake.objects.visible_to(user).filter(program__in=own)
    paths = {"intake": "pk", "slot": "slots", "program": "program"}
    for name, path in paths.items():
        if asked.get(name):
            return intakes.filter(**{path: asked[name]})
    return intakes
