"""The outbox of a published plan: look at a letter, order the e-mails, decide again."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from planner.desk.outbox.context import page_of, untold
from planner.desk.pages import attempt, needs, render
from planner.desk.parts.own_page import address_of
from planner.desk.parts.runs import find
from planner.mailing import outbox, printing
from planner.mailing.audience import audience
from planner.mailing.letters import letter_of
from planner.models import OWN_CODE, RunState
from programs import clock
from programs.audit_actions import AuditAction
from programs.domain import audit
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
    if request.method == "POST" and "bounced" in request.POST:
        attempt(request, lambda: bounced(run, request), noted)
        return redirect("admin:desk_outbox", run.pk)
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


def bounced(run, request):
    """Note what came back, as it was pasted; return how many e-mails it were."""
    text, by = request.POST["bounced"], request.user
    return outbox.note_bounces(run.publication, text, by=by, now=clock.now())


def noted(count):
    """Say how many e-mails are noted to have come back."""
    return ngettext(
        "%(count)s e-mail is noted as come back.",
        "%(count)s e-mails are noted as come back.",
        count,
    ) % {"count": count}


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


@require_POST
@needs(Permission.MANAGE_PROGRAMS)
def letters(request, run_id):
    """Order letters as one PDF: to people without an address, or to everybody."""
    run = published(request, run_id)
    attempt(
        request,
        lambda: printing.order(
            run.publication,
            to_all="all" in request.POST,
            own_pages=address_of(request),
            by=request.user,
            now=clock.now(),
        ),
        _("The letters are ordered; a worker writes them, and they appear below."),
    )
    return redirect("admin:desk_outbox", run.pk)


@require_GET
@needs(Permission.MANAGE_PROGRAMS)
def take(request, run_id, job_id):
    """Send the PDF to who ordered it, as long as it is kept; the trail says so."""
    run = published(request, run_id)
    now = clock.now()
    jobs = run.publication.letter_jobs.filter(
        created_by=request.user, content__isnull=False, expires_at__gt=now
    )
    job = get_object_or_404(jobs, pk=job_id)
    action, data = AuditAction.LETTERS_TAKE, {"letters": job.num_letters}
    audit.record(
        by=request.user, action=action, obj=run.publication, data=data, now=now
    )
    name = f"letters-{run.number}.pdf"
    return HttpResponse(
        bytes(job.content),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


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
