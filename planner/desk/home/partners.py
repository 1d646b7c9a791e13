"""What waits for a sender and for a host, in sentences with what they count."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import ngettext

from planner.desk.home.items import SOON, Item, board_in
from planner.desk.parts.due import changes_to_answer, due, hosted, sent
from planner.desk.parts.nominees import (
    lacking_of,
    nominees,
    offers,
    open_intakes,
    unnominated,
)
from planner.desk.parts.ratings import unrated
from programs import formats
from programs.choices import PlacementState
from programs.days import day_of
from programs.roles import Permission, Role


def _offers(user, now):
    """Count people with an offer; the first answer that is due names the day."""
    rows = offers().filter(application__in=nominees(user).order_by().values("pk"))
    rows = rows if _own(user) else rows.none()
    facts = rows.aggregate(
        count=Count("application", distinct=True), first=Min("expires_at")
    )
    if facts["count"]:
        text = ngettext(
            "%(count)s of your people has an offer to answer by %(when)s",
            "%(count)s of your people have an offer to answer, the first by %(when)s",
            facts["count"],
        )
        told = {"count": facts["count"], "when": formats.moment(facts["first"])}
        yield Item(text % told, _nominees_in("offered"), True)


def _own(user):
    return user.institution_ids(Role.PARTNER)


def _lacking(user, now):
    if not _own(user):
        return
    count = len(lacking_of(user, now).ids)
    if count:
        text = ngettext(
            "%(count)s of your nominees does not meet yet what a choice asks for",
            "%(count)s of your nominees do not meet yet what a choice asks for",
            count,
        )
        yield Item(text % {"count": count}, _nominees_in("lacking"))


def _unnominated(user, now):
    intakes = open_intakes(user) if _own(user) else []
    count = unnominated(user).count() if intakes else 0
    if count:
        text = ngettext(
            "%(count)s person you registered is not nominated; %(intake)s takes "
            "nominations until %(day)s",
            "%(count)s people you registered are not nominated; %(intake)s takes "
            "nominations until %(day)s",
            count,
        )
        intake = intakes[0]
        told = {"intake": intake.code, "day": formats.day(intake.closes_on)}
        yield Item(
            text % {"count": count, **told},
            _nominees_in("registered"),
            intake.closes_on <= day_of(now + SOON),
        )


def _departures(user, now):
    today, state = day_of(now), PlacementState.CONFIRMED
    count = due(sent(user), state, today).count()
    if count:
        text = ngettext(
            "%(count)s stay of your people has begun; tell whether the person left",
            "%(count)s stays of your people have begun; tell whether the people left",
            count,
        )
        yield Item(text % {"count": count}, board_in(state, due="sent"))


def _arrivals(user, now):
    today, state = day_of(now), PlacementState.DEPARTED
    count = due(hosted(user), state, today).count()
    if count:
        text = ngettext(
            "%(count)s person left for you; tell whether the person arrived",
            "%(count)s people left for you; tell whether they arrived",
            count,
        )
        yield Item(text % {"count": count}, board_in(state, due="hosted"), True)


def _completions(user, now):
    today, state = day_of(now), PlacementState.ARRIVED
    count = due(hosted(user), state, today).count()
    if count:
        text = ngettext(
            "%(count)s stay with you is over; tell whether it was completed",
            "%(count)s stays with you are over; tell whether they were completed",
            count,
        )
        yield Item(text % {"count": count}, board_in(state, due="hosted"))


def _confirmations(user, now):
    waiting = hosted(user).filter(state=PlacementState.ACCEPTED)
    count = waiting.count()
    if count:
        text = ngettext(
            "%(count)s person who accepted waits for your confirmation",
            "%(count)s people who accepted wait for your confirmation",
            count,
        )
        link = board_in(PlacementState.ACCEPTED, due="hosted")
        yield Item(text % {"count": count}, link, True)


def _ratings(user, now):
    today = day_of(now)
    facts = unrated(user, today).aggregate(
        count=Count("pk"), first=Min("application__intake__decide_by")
    )
    if facts["count"]:
        text = ngettext(
            "%(count)s candidate of your slots is not rated yet, until %(day)s",
            "%(count)s candidates of your slots are not rated yet, until %(day)s",
            facts["count"],
        )
        yield Item(
            text % {"count": facts["count"], "day": formats.day(facts["first"])},
            reverse("admin:desk_slots"),
            facts["first"] <= today + SOON,
        )


def _changes(user, now):
    facts = changes_to_answer(user).aggregate(count=Count("pk"), first=Min("answer_by"))
    if facts["count"]:
        text = ngettext(
            "%(count)s proposed change of a stay waits for your answer, by %(when)s",
            "%(count)s proposed changes of stays wait for your answer, the first by "
            "%(when)s",
            facts["count"],
        )
        told = {"count": facts["count"], "when": formats.moment(facts["first"])}
        yield Item(text % told, reverse("admin:desk_stays") + "?for=us", True)


def _nominees_in(group):
    return f"{reverse('admin:desk_nominees')}?state={group}"


MAKERS = [
    (Permission.NOMINATE, _offers),
    (Permission.NOMINATE, _lacking),
    (Permission.NOMINATE, _unnominated),
    (Permission.NOMINATE, _departures),
    (Permission.RATE, _confirmations),
    (Permission.RATE, _arrivals),
    (Permission.RATE, _completions),
    (Permission.RATE, _ratings),
    (Permission.RATE, _changes),
]
"""Of each right: who says what waits for whoever holds it."""
