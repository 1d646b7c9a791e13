"""The links to a person's own page, on the desk: made, shown once, withdrawn."""

from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache

from planner.desk.pages import attempt, needs, render
from planner.desk.parts.own_page import address_of
from programs import clock
from programs.domain import actors, links
from programs.models import Application
from programs.roles import Permission


@never_cache
@needs(Permission.MANAGE_PROGRAMS, Permission.NOMINATE)
def index(request, application_id):
    """Show the links of one application; make one, which is shown once, or withdraw."""
    rows = Application.objects.sent_by(request.user).select_related(
        "participant", "intake__program"
    )
    rows = rows.filter(participant__erased_at__isnull=True)
    application = get_object_or_404(
        rows.defer(
            "participant__nik", "participant__passport", "participant__disability"
        ),
        pk=application_id,
    )
    by, code = request.user, None
    if request.method == "POST":
        now = clock.now()
        if "withdraw" in request.POST:
            attempt(
                request,
                lambda: links.withdraw(application=application, by=by, now=now),
                withdrawn,
            )
            return redirect("admin:desk_own_links", application.pk)
        code = attempt(
            request,
            lambda: links.issue(application=application, by=by, now=now),
            _("The link is made; it is shown this once."),
        )
    made = list(application.links.all()[:50])
    names = actors.names_of(link.issued_by for link in made)
    return render(
        request,
        "desk/personal/links.html",
        title=_("Own page of %(person)s") % {"person": application.participant},
        application=application,
        code=code,
        address=address_of(request),
        links=[(link, names[link.issued_by]) for link in made],
        now=clock.now(),
    )


def withdrawn(count):
    """Say how many links open nothing any more."""
    return ngettext(
        "%(count)s link is withdrawn; it opens nothing any more.",
        "%(count)s links are withdrawn; they open nothing any more.",
        count,
    ) % {"count": count}
