"""Files in and out: upload, look, confirm by digest, fix what is parked, export."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from planner.desk.imports.context import (
    kept_out,
    kept_preview_of,
    preview_of,
    progress_of,
    rows_of,
)
from planner.desk.imports.forms import UploadForm, kinds_for
from planner.desk.imports.mapping import read_mapping
from planner.desk.pages import attempt, needs, paginate, render
from planner.imports import request as files
from planner.models import RunState
from programs import clock, transfer
from programs.admin.downloads import attachment
from programs.choices import ImportState
from programs.domain import senders
from programs.models import ImportBatch
from programs.refusals import Refusal
from programs.roles import Permission

IMPORTERS = (Permission.IMPORT_DATA, Permission.MANAGE_MONEY, Permission.NOMINATE)


def find(request, batch_id):
    """Return an import of the reader, or answer as if it did not exist."""
    rows = ImportBatch.objects.visible_to(request.user).select_related("created_by")
    return get_object_or_404(rows, pk=batch_id)


@needs(*IMPORTERS)
def index(request):
    """Bring a file; or fetch a template or an export."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    # The files themselves stay where they are: each would be read and decrypted.
    brought = ImportBatch.objects.visible_to(request.user).defer("content")
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        kind = form.cleaned_data["kind"]
        reason = form.cleaned_data.get("reason", "")
        row = bring(request, kind, upload, reason)
        if row is not None:
            return redirect("admin:desk_import_batch", row.pk)
    return render(
        request,
        "desk/imports/page.html",
        title=_("Import and export"),
        form=form,
        kinds=kinds_for(request.user),
        page=paginate(request, brought.select_related("created_by")),
    )


def bring(request, kind, upload, reason):
    """Judge a file at once, or hand a big one to a worker; return its batch."""
    content = upload.read()
    source = {
        "filename": upload.name,
        "reason": reason,
        "mapping": transfer.Mapping(),
        "by": request.user,
        "now": clock.now(),
    }
    if transfer.is_big(content):
        return attempt(
            request,
            lambda: files.bring(kind, content, **source),
            _("The file is big: it is judged in the background. You may leave."),
        )
    report = attempt(
        request,
        lambda: transfer.check(kind, content, **source),
        _("The file was read. Nothing is written before you confirm it."),
    )
    return report and report.batch


@require_POST
@needs(*IMPORTERS)
def again(request, batch_id):
    """Judge the parked rows of an import once more, to be mended on its page."""
    row = find(request, batch_id)
    report = attempt(
        request,
        lambda: transfer.bring_again(
            row,
            by=request.user,
            now=clock.now(),
            reason=request.POST.get("reason", ""),
        ),
        _("The parked rows were read. Nothing is written before you confirm it."),
    )
    target = report.batch if report else row
    return redirect("admin:desk_import_batch", target.pk)


@needs(*IMPORTERS)
def batch(request, batch_id):
    """Show what a file would do, or what became of it; take it or throw it away."""
    row = find(request, batch_id)
    if request.method == "POST":
        _decide(request, row)
        return redirect("admin:desk_import_batch", row.pk)
    job = row.jobs.order_by("-created_at").first()
    if job is not None and job.is_active:
        return render(
            request,
            "desk/imports/working.html",
            title=row.filename,
            batch=row,
            progress=progress_of(job),
        )
    waits = row.state in transfer.UNWRITTEN
    try:
        shown = _preview(request, row, job) if waits else {}
    except Refusal as refusal:
        # The file was readable when it was brought; what it refers to has changed.
        shown = {"refusal": str(refusal)}
    shown |= {} if waits else rows_of(row)
    return render(
        request,
        "desk/imports/batch.html",
        title=row.filename,
        batch=row,
        waits=waits,
        kept_out=kept_out(shown, request.user),
        may_undo=transfer.may_undo(row, request.user),
        sender_kinds=[(kind.value, kind.label) for kind in senders.KINDS],
        is_unread=row.state == ImportState.READING,
        is_cut_off=row.state == ImportState.WRITING,
        failure=job.detail if job is not None and job.state == RunState.FAILED else "",
        **shown,
    )


def _preview(request, row, job):
    """Return the verdict: of a big file as it was stored, else judged anew."""
    is_stored = job is not None or row.state == ImportState.WRITING
    return (kept_preview_of if is_stored else preview_of)(row, request.user)


@require_GET
@needs(*IMPORTERS)
def progress(request, batch_id):
    """Answer the page's question: how far is the file?"""
    row = find(request, batch_id)
    job = row.jobs.order_by("-created_at").first()
    if job is None or not job.is_active:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"batch": row, "progress": progress_of(job)}
    return TemplateResponse(request, "desk/imports/progress.html", context)


def _decide(request, row):
    """Call the verb of the button that was pressed."""
    now = clock.now()
    if "undo" in request.POST:
        attempt(
            request,
            lambda: files.take_back(row, by=request.user, now=now),
            lambda job: (
                _("The rows are taken back in the background. You may leave.")
                if job
                else _("The import was undone: its rows are as they were before.")
            ),
        )
        return
    if "discard" in request.POST:
        attempt(
            request,
            lambda: transfer.discard(row, by=request.user, now=now),
            _("The file was thrown away; nothing was written."),
        )
        return
    if "map" in request.POST or "add" in request.POST:
        _take_for(request, row, now)
        return
    consent = {
        "digest": request.POST.get("digest", ""),
        "park": "park" in request.POST,
        "by": request.user,
        "now": now,
    }
    if row.jobs.exists() or row.state == ImportState.WRITING:
        attempt(
            request,
            lambda: files.take(row, **consent),
            _("The rows are written in the background. You may leave."),
        )
    else:
        attempt(request, lambda: transfer.apply(row, **consent), _written)


def _take_for(request, row, now):
    """Judge an own sheet anew, as the form says what it means."""
    word, by = request.POST.get("add"), request.user
    added = _add_sender(request, word, now) if word else {}

    def read():
        mapping = read_mapping(row, request.POST)
        for text, code in added.items():
            mapping.values.setdefault("home_institution", {})[text] = code
        reason = request.POST.get("reason")
        return files.take_for(row, mapping, by=by, now=now, reason=reason)

    if added is not None:
        said = _("The sheet is read as you say. Nothing is written yet.")
        attempt(request, read, said)


def _add_sender(request, name, now):
    """Add the school of a word; return {word: code}, or None after a refusal."""
    kind = request.POST.get("sender_kind", "")
    school = attempt(
        request,
        lambda: senders.add(name=name, kind=kind, by=request.user, now=now),
        _("“%(name)s” was added to the institutions.") % {"name": name},
    )
    return school and {name: school.code}


def _written(report):
    """Say how many rows were written."""
    count = report.counts["new"] + report.counts["changed"]
    return ngettext(
        "%(count)s row was written.", "%(count)s rows were written.", count
    ) % {"count": count}


@require_GET
@needs(*IMPORTERS)
def parked(request, batch_id, file_format):
    """Send the parked rows with what is wrong with each, to mend and bring back."""
    row = find(request, batch_id)
    content = transfer.parked_file(row, file_format, by=request.user)
    return attachment(content, f"{row.kind}-parked", file_format)


@require_GET
@needs(*IMPORTERS)
def template(request, kind, file_format):
    """Send an empty file with every column of a kind."""
    if kind not in dict(kinds_for(request.user)):
        raise Http404
    content = transfer.template(kind, file_format, by=request.user)
    return attachment(content, f"{kind}-template", file_format)


@require_GET
@needs(*IMPORTERS)
def export(request, kind, file_format):
    """Send the rows of a kind that the reader may see."""
    if kind not in dict(kinds_for(request.user)):
        raise Http404
    try:
        content = transfer.export(
            kind,
            file_format,
            by=request.user,
            now=clock.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:desk_import")
    return attachment(content, kind, file_format)
