"""What every page of the desk shares: the frame, the door, and how a verb is called."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from programs.refusals import Refusal
from programs.roles import Permission

VIEWERS = (Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS)
PAGE_SIZE = 50
SECTIONS = {
    "intakes": ("desk_intakes", gettext_lazy("Intakes")),
    "runs": ("desk_runs", gettext_lazy("Runs")),
    "scenarios": ("desk_scenarios", gettext_lazy("Scenarios")),
    "start": ("desk_setup", gettext_lazy("Start a program")),
    "slots": ("desk_slots", gettext_lazy("Own slots")),
    "nominees": ("desk_nominees", gettext_lazy("Our nominees")),
    "placements": ("desk_board", gettext_lazy("Placements")),
    "people": ("programs_participant_changelist", gettext_lazy("People")),
    "import": ("desk_import", gettext_lazy("Import and export")),
}
"""The page above all pages of an address's first part."""


def needs(*permissions):
    """Let in people who hold any of the permissions."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not any(request.user.allows(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def is_officer(user):
    """Return whether the reader works for the programs, not for a partner."""
    return user.allows(Permission.VIEW_ALL) or user.allows(Permission.VIEW_OWN_PROGRAMS)


def render(request, template, *, title, **context):
    """Answer with a page in the desk's frame."""
    request.current_app = admin.site.name
    frame = admin.site.each_context(request)
    frame["trail"] = trail(request, context)
    return TemplateResponse(request, template, {**frame, "title": title, **context})


def trail(request, context):
    """Return the way down to a page: title and link of each page above it."""
    run, intake, slot = (context.get(name) for name in ("run", "intake", "slot"))
    section = request.path.removeprefix(reverse("admin:index")).partition("/")[0]
    if section == "slots" and slot and context.get("officer"):
        section, intake = "intakes", slot.intake
    view, title = SECTIONS.get(section, ("index", _("Home")))
    steps = [(title, reverse(f"admin:{view}"))]
    if section == "runs" and run:
        name = _("Run %(number)s") % {"number": run.number}
        steps.append((name, reverse("admin:desk_run", args=[run.pk])))
    if section in ("intakes", "start") and intake:
        steps.append((intake.code, reverse("admin:desk_intake", args=[intake.pk])))
    return [step for step in steps if step[1] != request.path]


def attempt(request, verb, done):
    """Call a domain verb and tell the person what came of it.

    Parameters
    ----------
    verb: a callable without arguments.
    done: the sentence for success, or a callable from the result to it.

    Returns
    -------
    The verb's result, or ``None`` after a refusal.
    """
    try:
        result = verb()
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, done(result) if callable(done) else done)
    return result


def paginate(request, rows):
    """Return the page that the reader asked for."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
