"""The outbox of a published plan: look at a letter, order the e-mails, decide again."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from planner.desk.outbox.context import audience, page_of, untold
from planner.desk.outbox.letters import letter_of, printed
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.own_page import address_of
from planner.desk.parts.runs import find
from planner.mailing import outbox
from planner.models import OWN_CODE, RunState
from programs import clock
from programs.roles import Permission


def published(request, run_id):
    """Return a published run that the reader may see, or answer that there is none."""
    run = find(request, run_id)
    if run.state not in (RunState.PUBLISHED, RunState.SUPERSEDED):
        raise Http404
    return run


@needs(Permission.MANAGE_PROGRAMS)
def index(request, run_id):
    """Show who is to be told; order the e-mails."""
    run = published(request, run_id)
    if request.method == "POST":
        page = own_page(request)
        step = release if "release" in request.POST else order
        attempt(request, lambda: step(run, request.user, page), told)
        return redirect("admin:desk_outbox", run.pk)
    return render(
        request,
        "desk/outbox/page.html",
        title=_("Run %(number)s: outbox") % {"number": run.number},
        run=run,
        **page_of(run, request.user),
    )


def own_page(request):
    """Return the address that each message names; its code is made when it is sent."""
    return f"{address_of(request)}#{OWN_CODE}"


def order(run, user, page):
    """Write the letters of all who were not written to; order that they are sent."""
    letters = [
        outbox.Letter(row, row.participant.email, *letter_of(run, row, page))
        for row in untold(run, user)
    ]
    outbox.queue(run.publication, letters, by=user, now=clock.now())
    return len(letters)


def release(run, user, _page):
    """Order that the e-mails that were kept in files are sent; return how many."""
    mailing = outbox.release(run.publication, by=user, now=clock.now())
    return mailing.messages.count()


def told(count):
    """Say how many e-mails were ordered; none is sent yet."""
    return ngettext(
        "%(count)s e-mail was ordered; a worker sends it.",
        "%(count)s e-mails were ordered; a worker sends them.",
        count,
    ) % {"count": count}


@require_GET
@needs(Permission.MANAGE_PROGRAMS)
def preview(request, run_id, application_id):
    """Show the letter to one person as it would be sent now."""
    run = published(request, run_id)
    application = get_object_or_404(audience(run, request.user), pk=application_id)
    subject, body = letter_of(run, application, own_page(request))
    return render(
        request,
        "desk/outbox/preview.html",
        title=_("What %(code)s is told") % {"code": application.participant.code},
        run=run,
        application=application,
        subject=subject,
        body=body.replace(OWN_CODE, _("(a code of its own)")),
    )


@require_GET
@needs(Permission.MANAGE_PROGRAMS)
def letters(request, run_id):
    """Show the letters to people without an address, a page each, to be printed.

    ``?all=1`` shows those to everybody.
    """
    run = published(request, run_id)
    people = audience(run, request.user).select_related(
        "participant__home_institution", "intake__program__owner"
    )
    if not request.GET.get("all"):
        people = people.filter(participant__email="")
    context = {
        "run": run,
        "published_at": run.publication.published_at,
        "letters": printed(run, people.order_by("participant__code", "pk")),
    }
    return TemplateResponse(request, "desk/outbox/letters.html", context)


@require_POST
@needs(Permission.MANAGE_PROGRAMS)
def again(request, run_id, message_id):
    """Order one message once more, because a person decided so."""
    run = published(request, run_id)
    rows = run.publication.messages.visible_to(request.user)
    message = get_object_or_404(rows, pk=message_id)
    attempt(
        request,
        lambda: outbox.send_again(message, by=request.user, now=clock.now()),
        _("The message was ordered once more."),
    )
    return redirect("admin:desk_outbox", run.pk)
