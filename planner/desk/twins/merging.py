"""Two registrations of one human side by side: what moves, what is to be decided."""

from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from planner.desk.pages import attempt, needs, render
from programs import clock
from programs.domain import mergers, merging
from programs.models import Merger, Participant
from programs.refusals import Refusal
from programs.roles import Permission


@needs(Permission.REVEAL_PERSON)
def page(request, kept_id, gone_id):
    """Show what two registrations say, and merge them as the officer decides."""
    seen = Participant.objects.visible_to(request.user).distinct()
    seen = seen.select_related("registered_by", "home_institution", "citizenship")
    kept, gone = (get_object_or_404(seen, pk=pk) for pk in (kept_id, gone_id))
    chosen = request.POST.dict()
    if request.method == "POST":
        done = attempt(
            request,
            lambda: mergers.merge(
                kept=kept,
                gone=gone,
                choices=chosen,
                is_agreed="is_agreed" in chosen,
                reason=chosen.get("reason", ""),
                by=request.user,
                now=clock.now(),
            ),
            _("They are one registration now."),
        )
        if done:
            return redirect("admin:programs_participant_change", kept.pk)
    refusal, found = None, None
    try:
        mergers.require_mergeable(kept, gone, request.user)
    except Refusal as told:
        refusal = str(told)
    else:
        found = merging.compare(kept, gone)
    return render(
        request,
        "desk/twins/merge.html",
        title=_("Merge two registrations"),
        kept=kept,
        gone=gone,
        refusal=refusal,
        found=found,
        filled=[merging.label_of(key) for key in found.filled] if found else [],
        clashes=[(each, chosen.get(each.key, "")) for each in found.clashes]
        if found
        else [],
        reason=chosen.get("reason", ""),
        is_agreed="is_agreed" in chosen,
        of_two=kept.registered_by_id != gone.registered_by_id,
    )


@require_POST
@needs(Permission.REVEAL_PERSON)
def undo(request, merger_id):
    """Make two registrations of one again."""
    merger = get_object_or_404(Merger.objects.visible_to(request.user), pk=merger_id)
    attempt(
        request,
        lambda: mergers.undo(
            merger=merger,
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=clock.now(),
        ),
        gettext_lazy("They are two registrations again, as they were before."),
    )
    return redirect("admin:desk_twins")
