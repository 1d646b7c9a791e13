"""For whoever looks after the data: what has ended, and what ends soon."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from planner.desk.pages import needs, render
from planner.desk.parts.endings import told
from programs import clock
from programs.domain import endings
from programs.roles import Permission


@require_GET
@needs(Permission.VIEW_ALL)
def index(request):
    """List everything that has ended, and what ends within half a year."""
    found = endings.running_out(today=clock.now().date())
    return render(
        request,
        "desk/expiry/page.html",
        title=_("What runs out?"),
        over=told(each for each in found if each.is_over),
        soon=told(each for each in found if not each.is_over),
    )
