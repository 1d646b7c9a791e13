"""Own people by state, and where one of them stands: plain data for the pages."""

from collections import defaultdict

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from planner.allocation.review import outcomes
from planner.desk.parts.nominees import is_open, nominees, offered, unnominated
from planner.desk.parts.verdicts import COLOURS, VERDICTS, state_of
from planner.mailing import answers
from programs import clock, eligibility
from programs.choices import CHANGING_PLACEMENT_STATES, ApplicationState
from programs.days import day_of
from programs.domain.states import may_move
from programs.models import FIRST_DAY, Placement, Preference

REGISTERED, LACKING, OFFERED = "registered", "lacking", "offered"
TILES = {
    OFFERED: _("answer due"),
    LACKING: _("something is missing"),
    REGISTERED: _("registered, not nominated"),
}
"""What the list shows besides the states of applications."""


def tiles_of(user, lacking, wanted):
    """Return the groups of own people with their counts; empty ones are left out."""
    rows = nominees(user).order_by()
    counts = {
        OFFERED: offered(rows).count(),
        LACKING: len(lacking.ids),
        REGISTERED: unnominated(user).count(),
        **dict(rows.values_list("state").annotate(count=Count("pk"))),
    }
    labels = {**TILES, **{state.value: state.label for state in ApplicationState}}
    return [
        {"value": value, "label": label, "count": counts.get(value, 0)}
        for value, label in labels.items()
        if counts.get(value) or value == wanted
    ]


def chosen(user, wanted, lacking):
    """Return the rows of a group, in the order in which they are to be looked at."""
    if wanted == REGISTERED:
        return unnominated(user)
    rows = nominees(user).order_by("intake__closes_on", "participant__code", "pk")
    if wanted == OFFERED:
        return offered(rows)
    if wanted == LACKING:
        return rows.filter(pk__in=lacking.ids)
    return rows.filter(state=wanted)


def told(applications, lacking):
    """Return what a list says of each application, in a constant number of queries."""
    ids = [row.pk for row in applications]
    wishes, places = defaultdict(list), defaultdict(list)
    for wish in Preference.objects.filter(application__in=ids).select_related(
        "slot__host", "pathway"
    ):
        wishes[wish.application_id].append(wish)
    for place in Placement.objects.filter(application__in=ids).select_related(
        "slot__host"
    ):
        places[place.application_id].append(place)
    lacks = lacking.told(ids)
    ended = outcomes.for_senders(applications)
    waits = answers.waiting_of(ids)
    return [
        {
            "application": row,
            "wishes": sorted(wishes[row.pk], key=lambda wish: wish.rank),
            "places": sorted(places[row.pk], key=lambda place: place.starts_on),
            "lacks": lacks[row.pk],
            "outcome": ended[row.pk],
            "waiting": waits[row.pk],
        }
        for row in applications
    ]


def one_of(application, request):
    """Return what the page of one nominee shows."""
    now = clock.now()
    moves_of = admin.site._registry[Placement].moves_of
    places = list(
        application.placements.select_related(
            "application__participant", "slot__host", "slot__intake__program"
        ).order_by(FIRST_DAY, "offered_at")
    )
    return {
        "places": [
            {
                "place": place,
                "moves": moves_of(request, place),
                "changes": place.state in CHANGING_PLACEMENT_STATES,
            }
            for place in places
        ],
        "verdicts": verdicts_of(application, day_of(now, application.intake)),
        "outcome": outcomes.for_sender(application),
        "waiting": answers.waiting(application),
        "takes_choices": is_open(application.intake, now)
        and application.state != ApplicationState.WITHDRAWN,
        "may_withdraw": may_move(
            "application", application.state, ApplicationState.WITHDRAWN
        ),
    }


def verdicts_of(application, on):
    """Return each wish with the verdict on it, and its reasons, as they stand today."""
    wishes = list(application.preferences.select_related("slot__host", "pathway"))
    wishes.sort(key=lambda wish: wish.rank)
    if not wishes:
        return []
    known = eligibility.verdicts(
        application=application,
        slots=[wish.slot for wish in wishes if wish.slot],
        pathways=[wish.pathway for wish in wishes if wish.pathway],
        on=on,
    )
    verdict_of = {verdict.slot or verdict.pathway: verdict for verdict in known}
    return [
        {
            "wish": wish,
            "colour": COLOURS[state_of(verdict)],
            "label": VERDICTS[state_of(verdict)],
            "reasons": [
                {"text": eligibility.text(reason), "earliest": reason.earliest}
                for reason in verdict.reasons
            ],
        }
        for wish in wishes
        for verdict in [verdict_of[wish.slot or wish.pathway]]
    ]
