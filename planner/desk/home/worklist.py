"""What waits for whom, in sentences; each links to what it counts."""

from datetime import timedelta

from babel import dates
from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext as _, ngettext

from planner.desk.home import partners, requests
from planner.desk.home.items import SOON, Item, board_in
from planner.models import AllocationRun, MoveUp, RunState, ScenarioPurpose
from programs import formats
from programs.choices import (
    ApplicationState,
    ImportState,
    IntakeState,
    PlacementState,
)
from programs.days import day_of
from programs.domain import breaches, retention_of_people, rights
from programs.models import (
    Application,
    ImportBatch,
    Intake,
    PlaceCondition,
    Placement,
    Slot,
    safe_days,
)
from programs.roles import Permission


def worklist(user, *, now):
    """Return what waits for the reader, most urgent first."""
    makers = [
        (Permission.APPROVE, _approvals),
        (Permission.PLAN, _runs),
        (Permission.PLAN, _intakes_to_plan),
        (Permission.IMPORT_DATA, _imports),
        (Permission.REVEAL_PERSON, _rights),
        (Permission.MANAGE_PROGRAMS, _retention),
        (Permission.MANAGE_USERS, _breaches),
        (Permission.MANAGE_PROGRAMS, _offers),
        (Permission.MANAGE_PROGRAMS, _conditional),
        (Permission.NOMINATE, _conditional),
        (Permission.MANAGE_PROGRAMS, _free_places),
        (Permission.PLAN, _free_places),
        (Permission.MANAGE_PROGRAMS, _to_be_decided),
        (Permission.PLAN, _to_be_decided),
        (Permission.MANAGE_PROGRAMS, _closing),
        (Permission.MANAGE_PROGRAMS, _unjudged),
        *partners.MAKERS,
        *requests.MAKERS,
    ]
    items = [
        item
        for permission, maker in makers
        if user.allows(permission)
        for item in maker(user, now)
    ]
    # Somebody with several roles is told once.
    return sorted(dict.fromkeys(items), key=lambda item: not item.is_urgent)


def _approvals(user, now):
    others = ~Q(created_by=user) & ~Q(submitted_by=user)
    runs = AllocationRun.objects.visible_to(user).filter(state=RunState.SUBMITTED)
    count = runs.filter(others).count()
    if count:
        text = ngettext(
            "%(count)s plan waits for your approval",
            "%(count)s plans wait for your approval",
            count,
        )
        yield Item(text % {"count": count}, _runs_in(RunState.SUBMITTED), True)


def _runs(user, now):
    # Budgets tried out on the page of a plan wait for nobody.
    runs = AllocationRun.objects.visible_to(user).exclude(
        scenario__purpose=ScenarioPurpose.BUDGET_TRIAL
    )
    counts = runs.aggregate(
        solving=Count("pk", filter=Q(state__in=[RunState.QUEUED, RunState.RUNNING])),
        approved=Count("pk", filter=Q(state=RunState.APPROVED)),
        returned=Count("pk", filter=Q(state=RunState.REJECTED, submitted_by=user)),
        solved=Count("pk", filter=Q(state=RunState.SOLVED) & is_mine(user)),
        failed=Count("pk", filter=Q(state=RunState.FAILED, created_by=user)),
    )
    sentences = {
        "approved": (
            RunState.APPROVED,
            ngettext(
                "%(count)s approved plan waits to be published",
                "%(count)s approved plans wait to be published",
                counts["approved"],
            ),
        ),
        "returned": (
            RunState.REJECTED,
            ngettext(
                "%(count)s plan came back to you with a comment",
                "%(count)s plans came back to you with a comment",
                counts["returned"],
            ),
        ),
        "failed": (
            RunState.FAILED,
            ngettext(
                "%(count)s of your runs failed; its page says why",
                "%(count)s of your runs failed; their pages say why",
                counts["failed"],
            ),
        ),
        "solving": (
            RunState.RUNNING,
            ngettext(
                "%(count)s run is being solved",
                "%(count)s runs are being solved",
                counts["solving"],
            ),
        ),
        "solved": (
            RunState.SOLVED,
            ngettext(
                "%(count)s plan of yours waits for your review",
                "%(count)s plans of yours wait for your review",
                counts["solved"],
            ),
        ),
    }
    for name, (state, sentence) in sentences.items():
        if counts[name]:
            text = sentence % {"count": counts[name]}
            link = _runs_in(state)
            if name == "solved" and counts[name] == 1:
                link = _page_of(runs.get(is_mine(user), state=state))
            yield Item(text, link, name in {"approved", "returned", "solved"})


def is_mine(user):
    """Return the condition of runs that a planner asked for, here or at a terminal."""
    return Q(created_by=user) | Q(created_by__isnull=True)


def _page_of(run):
    return reverse("admin:desk_run", args=[run.pk])


def _intakes_to_plan(user, now):
    closed = Intake.objects.visible_to(user).filter(state=IntakeState.CLOSED)
    facts = closed.aggregate(count=Count("pk"), first=Min("decide_by"))
    if facts["count"]:
        text = ngettext(
            "%(count)s closed intake is to be planned, decision by %(day)s",
            "%(count)s closed intakes are to be planned, the first decision by %(day)s",
            facts["count"],
        )
        yield Item(
            text % {"count": facts["count"], "day": formats.day(facts["first"])},
            reverse("admin:desk_intakes"),
            facts["first"] <= day_of(now + SOON),
        )


def _imports(user, now):
    waiting = Q(state=ImportState.CHECKED, num_bad__gt=0)
    parked = Q(state=ImportState.PARTLY_APPLIED, rows__isnull=False)
    batches = ImportBatch.objects.filter(waiting | parked, created_by=user)
    count = batches.distinct().count()
    if count:
        text = ngettext(
            "%(count)s import with rows to fix",
            "%(count)s imports with rows to fix",
            count,
        )
        yield Item(text % {"count": count}, reverse("admin:desk_import"))


def _rights(user, now):
    requests = rights.waiting(user)
    facts = requests.aggregate(count=Count("pk"), first=Min("due_at"))
    if facts["count"]:
        text = ngettext(
            "%(count)s request of a person waits for an answer, due by %(when)s",
            "%(count)s requests of persons wait for an answer, the first by %(when)s",
            facts["count"],
        )
        told = {"count": facts["count"], "when": formats.moment(facts["first"])}
        person = requests.values_list("participant", flat=True).first()
        link = reverse("admin:programs_participant_rights", args=[person])
        yield Item(text % told, link, True)


def _retention(user, now):
    people = retention_of_people.announced().visible_to(user)
    facts = people.aggregate(count=Count("pk"), first=Min("erase_on"))
    if facts["count"]:
        text = ngettext(
            "%(count)s person is erased by itself on %(day)s: its time is over",
            "%(count)s people are erased by themselves from %(day)s on: their time "
            "is over",
            facts["count"],
        )
        told = {"count": facts["count"], "day": formats.day(facts["first"])}
        link = reverse("admin:programs_participant_changelist")
        yield Item(text % told, f"{link}?erase_on__isempty=0")


def _breaches(user, now):
    facts = breaches.waiting(user).aggregate(count=Count("pk"), first=Min("due_at"))
    if facts["count"]:
        text = ngettext(
            "%(count)s data breach has to be told of by %(when)s",
            "%(count)s data breaches have to be told of, the first by %(when)s",
            facts["count"],
        )
        told = {"count": facts["count"], "when": formats.moment(facts["first"])}
        yield Item(text % told, reverse("admin:programs_breach_changelist"), True)


def _offers(user, now):
    offers = Placement.objects.visible_to(user).filter(
        state=PlacementState.OFFERED, expires_at__lte=now + SOON
    )
    facts = offers.aggregate(count=Count("pk"), last=Max("expires_at"))
    if facts["count"]:
        last = day_of(facts["last"])
        language = (get_language() or "en")[:2]
        weekday = dates.format_date(last, "EEEE", locale=language)
        text = ngettext(
            "%(count)s offer expires by %(weekday)s, %(day)s",
            "%(count)s offers expire by %(weekday)s, %(day)s",
            facts["count"],
        )
        facts |= {"weekday": weekday, "day": formats.day(last)}
        yield Item(text % facts, board_in(PlacementState.OFFERED), True)


def _conditional(user, now):
    """Count places that lapse within a week unless something is met."""
    rows = PlaceCondition.objects.visible_to(user).awaited()
    rows = rows.filter(due_on__lte=day_of(now + SOON))
    facts = rows.aggregate(count=Count("placement", distinct=True), first=Min("due_on"))
    if facts["count"]:
        text = ngettext(
            "%(count)s conditional place has something to be met by %(day)s",
            "%(count)s conditional places have something to be met, the first by "
            "%(day)s",
            facts["count"],
        )
        facts["day"] = formats.day(facts["first"])
        link = f"{reverse('admin:desk_conditional')}?due=week"
        yield Item(text % facts, link, True)


def _free_places(user, now):
    count = MoveUp.objects.visible_to(user).open().count()
    if count:
        text = ngettext(
            "%(count)s place is free; somebody on its waiting list is suggested",
            "%(count)s places are free; somebody on their waiting lists is suggested",
            count,
        )
        yield Item(text % {"count": count}, reverse("admin:desk_free"), True)


def _to_be_decided(user, now):
    today = day_of(now)
    slots = Slot.objects.visible_to(user)
    late = slots.decided_by(None, today - timedelta(days=1)).count()
    link = reverse("admin:programs_slot_changelist")
    if late:
        text = ngettext(
            "%(count)s slot is not decided, and its papers would come too late",
            "%(count)s slots are not decided, and their papers would come too late",
            late,
        )
        yield Item(text % {"count": late}, f"{link}?safe=late", True)
    due = slots.decided_by(today, today + safe_days.SOON)
    facts = due.aggregate(count=Count("pk"), first=Min("safe_day"))
    if facts["count"]:
        text = ngettext(
            "%(count)s slot has to be decided within %(days)s days, by %(day)s, for "
            "its papers to come in time",
            "%(count)s slots have to be decided within %(days)s days, the first by "
            "%(day)s, for their papers to come in time",
            facts["count"],
        )
        told = {"days": safe_days.SOON.days, "day": formats.day(facts["first"])}
        yield Item(
            text % (told | {"count": facts["count"]}),
            f"{link}?safe=due",
            facts["first"] <= today + SOON,
        )


def _closing(user, now):
    today = day_of(now)
    intakes = Intake.objects.visible_to(user).filter(
        state=IntakeState.OPEN, closes_on__lte=today + SOON
    )
    for intake in intakes.select_related("program"):
        text = (
            _("%(intake)s closes on %(day)s")
            if intake.closes_on >= today
            else _("%(intake)s was to close on %(day)s; close it so it can be planned")
        )
        yield Item(
            text % {"intake": intake.code, "day": formats.day(intake.closes_on)},
            reverse("admin:desk_intake", args=[intake.pk]),
            intake.closes_on < today,
        )


def _unjudged(user, now):
    waiting = Application.objects.visible_to(user).filter(
        state=ApplicationState.SUBMITTED, intake__state=IntakeState.CLOSED
    )
    count = waiting.count()
    if count:
        text = ngettext(
            "%(count)s application of a closed intake is not judged yet",
            "%(count)s applications of closed intakes are not judged yet",
            count,
        )
        yield Item(text % {"count": count}, reverse("admin:desk_intakes"))


def _runs_in(state):
    return f"{reverse('admin:desk_runs')}?state={state}"
