"""The same answers by hand: a key is looked up, rows are read by ``values``."""

import json
from collections import defaultdict
from datetime import timedelta
from functools import wraps

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from api.models import InstitutionKey
from programs import costing, eligibility
from programs.models import (
    Application,
    CostRule,
    Education,
    Employment,
    Event,
    FundingLine,
    Intake,
    LanguageCertificate,
    Participant,
    PersonFact,
    PlaceCondition,
    Placement,
    PlacementEvent,
    Preference,
    SkillClaim,
    SkillRequirement,
    Slot,
)
from programs.models.programs import IntakeQuerySet

PAGE = 50
PERSON = ("id", "given_name", "family_name", "birth_date", "sex", "email")


def for_key(view):
    """Let a view be called with a key, and answer what it returns as JSON."""

    @wraps(view)
    def answered(request, **kwargs):
        text = request.headers["Authorization"].removeprefix("Api-Key ")
        known = InstitutionKey.objects.select_related("institution")
        key = known.get(prefix=text.partition(".")[0], revoked=False)
        if not key.is_valid(text):
            return HttpResponse(status=401)
        data = view(request, key.institution_id, **kwargs)
        return JsonResponse(data, encoder=DjangoJSONEncoder, safe=False)

    return answered


def page(rows):
    """Return the first page of rows in the order of their ids."""
    return list(rows.order_by("pk")[:PAGE])


def money(amount, currency="IDR"):
    return amount and {"amount": f"{amount:.2f}", "currency": currency}


@for_key
def placements(request, own, pk=None):
    """The caller's placements, or one of them."""
    rows = Placement.objects.filter(
        Q(application__nominated_by=own)
        | Q(application__participant__home_institution=own)
        | Q(slot__host=own)
    )
    columns = ("id", "slot_id", "state", "version", "offered_at", "expires_at")
    columns += ("own_starts_on", "own_ends_on", "slot__starts_on", "slot__ends_on")
    columns += ("slot__route__lead_time_days",)
    path = "application__participant__"
    found = rows.values(
        *columns, "reason", "application_id", *(path + name for name in PERSON)
    )
    found = [found.get(pk=pk)] if pk else page(found)
    ids = [row["id"] for row in found]
    steps, lines = defaultdict(list), defaultdict(list)
    names = ("placement_id", "from_state", "to_state", "at", "on", "reason")
    for step in PlacementEvent.objects.filter(placement__in=ids).values(*names):
        step["from_state"] = step["from_state"] or None
        steps[step.pop("placement_id")].append(step)
    for line in FundingLine.objects.filter(placement__in=ids).values(
        "placement_id",
        "category_id",
        "source__code",
        "fiscal_year",
        "amount",
        "foreign_amount",
        "currency",
    ):
        lines[line["placement_id"]].append(
            {
                "category": line["category_id"],
                "source": line["source__code"],
                "fiscal_year": line["fiscal_year"],
                "amount": money(line["amount"]),
                "foreign": money(line["foreign_amount"], line["currency"]),
            }
        )
    waits = defaultdict(list)
    names = ("placement_id", "id", "condition", "due_on", "state", "settled_at")
    for each in PlaceCondition.objects.filter(placement__in=ids).values(*names):
        waits[each.pop("placement_id")].append(each)
    told = [
        _placement(row, steps[row["id"]], lines[row["id"]], waits[row["id"]])
        for row in found
    ]
    return told[0] if pk else told


def _safe_day(starts_on, lead_days):
    return starts_on - timedelta(days=lead_days or 0)


def _placement(row, steps, lines, waits):
    path = "application__participant__"
    days = {step["to_state"]: step["on"] for step in steps}
    return {
        "id": row["id"],
        "nomination": row["application_id"],
        "participant": {name: row[path + name] for name in PERSON},
        "slot": row["slot_id"],
        "starts_on": row["own_starts_on"] or row["slot__starts_on"],
        "ends_on": row["own_ends_on"] or row["slot__ends_on"],
        "last_safe_day": _safe_day(
            row["own_starts_on"] or row["slot__starts_on"],
            row["slot__route__lead_time_days"],
        ),
        "state": row["state"],
        "version": row["version"],
        "offered_at": timezone.localtime(row["offered_at"]).isoformat(),
        "expires_at": timezone.localtime(row["expires_at"]).isoformat(),
        "departed_on": days.get("departed"),
        "arrived_on": days.get("arrived"),
        "ended_on": days.get("completed"),
        "reason": row["reason"],
        "conditions": waits,
        "funding": lines,
        "events": [
            {**step, "at": timezone.localtime(step["at"]).isoformat()} for step in steps
        ],
    }


@for_key
def nominations(request, own, pk=None):
    """The caller's nominations, or one of them."""
    rows = Application.objects.filter(nominated_by=own).values(
        "id",
        "participant_id",
        "intake_id",
        "nominated_by_id",
        "state",
        "merit_score",
        "submitted_at",
        "note",
    )
    found = [rows.get(pk=pk)] if pk else page(rows)
    wishes = defaultdict(list)
    ids = [row["id"] for row in found]
    for row, slot, pathway in (
        Preference.objects.filter(application__in=ids)
        .order_by("rank")
        .values_list("application_id", "slot_id", "pathway_id")
    ):
        wishes[row].append(slot or pathway)
    told = [
        {
            "id": row["id"],
            "participant": row["participant_id"],
            "intake": row["intake_id"],
            "nominated_by": row["nominated_by_id"],
            "state": row["state"],
            "preferences": wishes[row["id"]],
            "merit_score": f"{row['merit_score']:.2f}",
            "submitted_at": timezone.localtime(row["submitted_at"]).isoformat(),
            "note": row["note"],
        }
        for row in found
    ]
    return told[0] if pk else told


@for_key
def participants(request, own, pk=None):
    """The caller's people, or one of them."""
    columns = ("code", *PERSON[1:], "citizenship", "province", "regency")
    columns += ("home_institution", "kkni", "isced_f", "restricted_at", "erase_on")
    columns += ("merged_into",)
    rows = Participant.objects.filter(registered_by=own).values("id", *columns)
    found = [rows.get(pk=pk)] if pk else page(rows)
    skills, papers = defaultdict(list), defaultdict(list)
    ids = [row["id"] for row in found]
    for line in SkillClaim.objects.filter(participant__in=ids).values(
        "participant_id",
        "skill__framework",
        "skill__code",
        "level",
        "evidence",
        "valid_to",
    ):
        skills[line.pop("participant_id")].append(
            {
                "framework": line.pop("skill__framework"),
                "code": line.pop("skill__code"),
                **line,
            }
        )
    names = ("language", "test", "band", "scale_version", "cefr", "score", "taken_on")
    for line in LanguageCertificate.objects.filter(participant__in=ids).values(
        "participant_id", *names, "valid_to"
    ):
        papers[line.pop("participant_id")].append(line)
    more = _more(ids)
    told = [
        {
            **row,
            "skills": skills[row["id"]],
            "languages": papers[row["id"]],
            **{name: lines[row["id"]] for name, lines in more.items()},
        }
        for row in found
    ]
    return told[0] if pk else told


def _more(ids):
    """Return studies, jobs and facts of people, by list and person."""
    study = ("level", "isced_f", "status", "graduated_on", "gpa", "semester")
    job = ("employer", "isced_f", "starts_on", "ends_on")
    fact = ("definition__code", "value", "valid_from", "valid_to", "verified_at")
    found = {}
    for name, model, columns in (
        ("education", Education, (*study, "accreditation", "institution")),
        ("employment", Employment, job),
        ("facts", PersonFact, (*fact, "evidence")),
    ):
        found[name] = defaultdict(list)
        rows = model.objects.filter(participant__in=ids)
        for line in rows.values("participant_id", *columns):
            found[name][line.pop("participant_id")].append(line)
    return found


@for_key
def events(request, own):
    """What happened after a number."""
    rows = Event.objects.filter(institutions=own, sequence__gt=request.GET["after"])
    names = ("sequence", "kind", "object_type", "object_id", "at")
    return [
        {**row, "at": timezone.localtime(row["at"]).isoformat()}
        for row in page(rows.values(*names))
    ]


@for_key
def intakes(request, own):
    """Intakes that left draft."""
    rows = Intake.objects.filter(state__in=IntakeQuerySet.PUBLIC_STATES)
    days = ("opens_on", "closes_on", "decide_by", "starts_on", "ends_on")
    names = ("id", "code", "program", "state", *days, "max_choices")
    return page(rows.values(*names))


OF_SLOT = (
    "id",
    "code",
    "intake",
    "city",
    "country",
    "province",
    "starts_on",
    "ends_on",
    "capacity_min",
    "capacity_max",
    "work_language",
    "min_cefr",
    "min_kkni",
    "isced_fields",
    "taught_language",
    "taught_cefr",
    "condition",
    "state",
)
OF_HOST = ("id", "code", "name", "kind", "country")


@for_key
def slots(request, own, pk=None):
    """Open slots, or one of them."""
    rows = Slot.objects.filter(
        Q(host=own) | Q(state="open", intake__state__in=IntakeQuerySet.PUBLIC_STATES)
    ).values(
        *OF_SLOT,
        "role_title_en",
        "role_title_id",
        "route__code",
        "route__lead_time_days",
        "agreement__code",
        "intake__program",
        *(f"host__{name}" for name in OF_HOST),
    )
    found = [rows.get(pk=pk)] if pk else page(rows)
    ids = [row["id"] for row in found]
    asked, own_costs, shared = defaultdict(list), defaultdict(list), defaultdict(list)
    for line in SkillRequirement.objects.filter(slot__in=ids).values(
        "slot_id", "skill__framework", "skill__code", "kind", "level"
    ):
        asked[line.pop("slot_id")].append(
            {
                "framework": line.pop("skill__framework"),
                "code": line.pop("skill__code"),
                **line,
            }
        )
    for rule in CostRule.objects.filter(slot__in=ids):
        own_costs[rule.slot_id].append(rule)
    for rule in CostRule.objects.filter(
        program__in={row["intake__program"] for row in found}
    ):
        shared[rule.program_id].append(rule)
    told = [
        _slot(
            row,
            asked[row["id"]],
            costing.in_force(own_costs[row["id"]], shared[row["intake__program"]]),
        )
        for row in found
    ]
    return told[0] if pk else told


def _slot(row, asked, rules):
    rules.sort(key=lambda rule: (rule.category_id, rule.origin_id or ""))
    return {
        **{name: row[name] for name in OF_SLOT},
        "host": {name: row[f"host__{name}"] for name in OF_HOST},
        "role_title": {"en": row["role_title_en"], "id": row["role_title_id"]},
        "route": row["route__code"],
        "last_safe_day": _safe_day(row["starts_on"], row["route__lead_time_days"]),
        "agreement": row["agreement__code"],
        "requirements": asked,
        "resources": [],
        "condition_tree": None,
        "costs": [
            {
                "category": rule.category_id,
                "formula": rule.formula,
                "amount": money(rule.amount, rule.currency),
                "origin": rule.origin_id,
                "condition": rule.condition,
            }
            for rule in rules
        ],
    }


@for_key
def verdicts(request, own, pk):
    """How a person stands with each wish: the rules, called by hand."""
    row = Application.objects.select_related("intake").get(pk=pk, nominated_by=own)
    wishes = list(row.preferences.select_related("slot"))
    found = eligibility.verdicts(
        application=row,
        slots=[wish.slot for wish in wishes],
        pathways=[],
        on=timezone.localdate(),
    )
    return [
        {
            "slot": each.slot.pk,
            "pathway": None,
            "verdict": str(each.verdict),
            "reasons": [
                {
                    "code": reason.code,
                    "params": reason.params,
                    "text": eligibility.text(reason),
                    "earliest": reason.earliest,
                }
                for reason in each.reasons
            ],
        }
        for each in found
    ]


def read(response):
    """Return the JSON of an answer; of a page its rows, each list in one order."""
    data = json.loads(response.content)
    data = data["results"] if isinstance(data, dict) and "results" in data else data
    return _ordered(data)


def _ordered(node):
    if isinstance(node, list):
        return sorted((_ordered(each) for each in node), key=repr)
    if isinstance(node, dict):
        return {name: _ordered(node[name]) for name in sorted(node)}
    return node
