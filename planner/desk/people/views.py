"""Who is this person, and where could they go?"""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import VIEWERS, needs, render
from planner.desk.people.context import age_on, record_of
from programs import clock
from programs.admin.participants import MASK
from programs.days import day_of
from programs.domain import personal_data
from programs.models import Participant
from programs.roles import Permission


@require_GET
@needs(*VIEWERS)
def page(request, participant_id):
    """Show a person: papers, applications, verdict a slot, and what happened."""
    people = Participant.objects.visible_to(request.user).select_related(
        "citizenship", "province", "home_institution", "registered_by"
    )
    person = get_object_or_404(
        people.defer("nik", "passport", "disability"), pk=participant_id
    )
    personal_data.note_reading(participant=person, by=request.user, now=clock.now())
    return render(
        request,
        "desk/people/page.html",
        title=_("Where could they go? %(person)s") % {"person": person.full_name},
        person=person,
        age=age_on(person.birth_date, day_of(clock.now())),
        mask=MASK,
        may_reveal=request.user.allows(Permission.REVEAL_PERSON),
        may_pin=request.user.allows(Permission.PLAN)
        or request.user.allows(Permission.MANAGE_PROGRAMS),
        **record_of(person, request.user),
    )
