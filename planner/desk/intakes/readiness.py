"""Is an intake ready to plan: people, seats, money, and what to mend first."""

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from planner.desk.parts import setup
from planner.desk.parts.endings import told
from planner.desk.parts.safe_days import too_late
from programs import clock, formats
from programs.choices import (
    LIVE_PLACEMENT_STATES,
    PLANNING_PURPOSES,
    ApplicationState,
    Purpose,
    SlotState,
)
from programs.days import day_of
from programs.domain import group_pins
from programs.domain.clashes import PRESENT
from programs.domain.endings import of_intakes
from programs.models import (
    Application,
    BudgetLine,
    Consent,
    Country,
    LanguageCertificate,
    ProcessingPurpose,
)
from programs.models.slots import UNDECIDED

FUNNEL = [
    (ApplicationState.SUBMITTED, "people"),
    (ApplicationState.ELIGIBLE, "people"),
    (ApplicationState.INELIGIBLE, "warn"),
    (ApplicationState.PROPOSED, "people"),
    (ApplicationState.PLACED, "people"),
    (ApplicationState.RESERVE, "people"),
    (ApplicationState.UNPLACED, "warn"),
    (ApplicationState.WITHDRAWN, "warn"),
]


def readiness_of(intake):
    """Return what the page of an intake shows."""
    slots = list(
        intake.slots.select_related("host", "agreement", "route").annotate(
            first=Count("preferences", filter=Q(preferences__rank=1), distinct=True),
            wishes=Count("preferences", distinct=True),
            placed=Count(
                "placements",
                filter=Q(placements__state__in=LIVE_PLACEMENT_STATES),
                distinct=True,
            ),
        )
    )
    return {
        "funnel": _funnel(intake),
        "in_pool": intake.applications.in_pool().count(),
        "slots": slots,
        "seats": sum(slot.capacity_max for slot in slots),
        "money": _money(intake),
        "verdict": setup.verdict_of(intake, slots),
        "findings": list(_findings(intake, slots)),
    }


def _funnel(intake):
    counts = dict(
        intake.applications.values_list("state").annotate(count=Count("pk")).order_by()
    )
    link = reverse("admin:programs_application_changelist")
    return [
        {
            "label": state.label,
            "kind": kind,
            "count": counts[state],
            "link": f"{link}?intake__id__exact={intake.pk}&state__exact={state}",
        }
        for state, kind in FUNNEL
        if counts.get(state)
    ]


def _money(intake):
    """Return the budgets that the program's funding rules can draw on."""
    rules = intake.program.funding_rules.all()
    paying = Q(source__funding_rules__in=rules)
    if rules.filter(host_pays=True).exists():
        paying |= Q(source__institution__slots__intake=intake)
    return list(
        BudgetLine.objects.filter(
            paying, fiscal_year__range=(intake.starts_on.year, intake.ends_on.year)
        )
        .select_related("source", "category")
        .distinct()
        .order_by("source__name", "fiscal_year")
    )


def _findings(intake, slots):
    """Yield what to mend before planning: a sentence and a link."""
    yield from setup.costs_without_payer(intake, slots)
    yield from setup.shares(intake)
    yield from setup.slots_without_frame(intake, slots)
    yield from _too_late(intake, slots)
    yield from _group_pins(intake)
    yield from _unwanted(intake, slots)
    yield from _certificates(intake)
    yield from _native_languages(intake)
    yield from setup.transfers_without_basis(slots)
    yield from told(of_intakes([intake], today=clock.now().date()))
    yield from _personal_data(intake)
    alive = intake.applications.exclude(state=ApplicationState.WITHDRAWN)
    if not intake.applications.in_pool().exists() and not _kept_only(alive).exists():
        yield _("Nobody has applied yet: the pool is empty."), ""
    if not slots:
        yield (
            _("No slot is offered yet: add slots or import them."),
            reverse("admin:programs_slot_changelist"),
        )


def _too_late(intake, slots):
    """Tell of slots whose papers come too late, decided on the last day or now."""
    if intake.state not in UNDECIDED:
        return
    slots = [slot for slot in slots if slot.state == SlotState.OPEN]
    link = reverse("admin:programs_slot_changelist")
    link += f"?intake__id__exact={intake.pk}"
    if text := too_late(slots):
        yield text, link
    today = day_of(clock.now(), intake)
    planned = [slot for slot in slots if today <= slot.last_safe_day < intake.decide_by]
    if planned:
        text = ngettext(
            "The decision by %(decision)s is too late for the papers of %(count)s "
            "slot: its last safe day is %(day)s",
            "The decision by %(decision)s is too late for the papers of %(count)s "
            "slots: the first of their last safe days is %(day)s",
            len(planned),
        )
        first = min(slot.last_safe_day for slot in planned)
        told = {"count": len(planned), "day": formats.day(first)}
        yield text % (told | {"decision": formats.day(intake.decide_by)}), link


def _group_pins(intake):
    """Tell of pins of groups that no plan can keep."""
    if intake.state in PRESENT:
        for text, pin in group_pins.shortages(intake):
            yield text, reverse("admin:programs_grouppin_change", args=[pin.pk])


def _unwanted(intake, slots):
    """Tell of slots that fewer people want than they need."""
    unwanted = [slot for slot in slots if slot.wishes < slot.capacity_min]
    if unwanted:
        text = ngettext(
            "%(count)s slot has fewer preferences than it needs people",
            "%(count)s slots have fewer preferences than they need people",
            len(unwanted),
        )
        link = reverse("admin:programs_slot_changelist")
        link += f"?intake__id__exact={intake.pk}"
        yield text % {"count": len(unwanted)}, link


def _native_languages(intake):
    """Tell of countries whose citizens have to prove their own language, too."""
    unknown = Country.objects.filter(
        native_language="",
        pk__in=intake.applications.in_pool()
        .order_by()
        .values("participant__citizenship"),
    )
    for country in unknown:
        yield (
            _(
                "The native language of %(country)s is not known: its citizens have to "
                "prove every language by a test"
            )
            % {"country": country.name},
            reverse("admin:programs_country_change", args=[country.pk]),
        )


def _personal_data(intake):
    """Tell how many are left out because their data are only kept, or by consent."""
    alive = intake.applications.exclude(state=ApplicationState.WITHDRAWN)
    link = reverse("admin:programs_participant_changelist")
    count = _kept_only(alive).count()
    if count:
        text = ngettext(
            "%(count)s person is left out: the processing of the data is restricted",
            "%(count)s people are left out: the processing of their data is restricted",
            count,
        )
        yield text % {"count": count}, f"{link}?restricted_at__isempty=0"
    for purpose in sorted(ProcessingPurpose.objects.on_consent(*PLANNING_PURPOSES)):
        consents = Consent.objects.in_force().filter(
            participant=OuterRef("participant"), purpose=purpose
        )
        count = intake.applications.in_pool().filter(~Exists(consents)).count()
        if count:
            text = ngettext(
                "%(count)s person has no consent to “%(purpose)s”, which rests on it",
                "%(count)s people have no consent to “%(purpose)s”, which rests on it",
                count,
            )
            told = {"count": count, "purpose": Purpose(purpose).label}
            yield text % told, reverse("admin:programs_processingpurpose_changelist")


def _kept_only(applications):
    """Return the applications of people whose data are kept and not processed."""
    return applications.filter(participant__restricted_at__isnull=False)


def _certificates(intake):
    people = Application.objects.filter(intake=intake).in_pool().values("participant")
    best = (
        LanguageCertificate.objects.filter(participant__in=people)
        .values("participant", "language")
        .annotate(until=Max("valid_to"))
        .filter(until__lte=F("participant__applications__intake__starts_on"))
        .filter(participant__applications__intake=intake)
    )
    count = best.values("participant").distinct().count()
    if count:
        text = ngettext(
            "The language certificate of %(count)s person ends before the start",
            "The language certificates of %(count)s people end before the start",
            count,
        )
        link = reverse("admin:programs_application_changelist")
        yield text % {"count": count}, f"{link}?intake__id__exact={intake.pk}"
