"""Load a demonstration's files: everything or nothing, once.

What hosts, ministries and funders offer, and the people, are inserted in bulk: the
database's constraints hold, and one audit entry tells of the load, with the digest of
the files and the count of rows. What people *do* (applications, teams, ratings, pins)
goes through the domain's verbs; only demonstrations above ``ENACTED`` applications,
which exist for benchmarks, insert that too.
"""

import hashlib
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from programs import models, national_ids, tables
from programs.audit_actions import AuditAction
from programs.choices import BEFORE_DEPARTURE
from programs.domain import audit, awaited
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal, RefusalKind
from programs.tables import Table

from . import enact, logins
from .people import TODAY

ACTION = AuditAction.DEMO_LOAD
ENACTED = 2_000
TABLES = {
    "institutions.csv": Table(models.Institution, "code"),
    "agreements.csv": Table(models.Agreement, "code"),
    "shared_resources.csv": Table(models.SharedResource, "code"),
    "programs.csv": Table(models.Program, "code"),
    "program_goals.csv": Table(models.ProgramGoal, "program", "indicator_en", "year"),
    "intakes.csv": Table(models.Intake, "code"),
    "slots.csv": Table(models.Slot, "code"),
    "skill_requirements.csv": Table(models.SkillRequirement, "slot", "skill", "kind"),
    "resource_uses.csv": Table(models.ResourceUse, "resource", "slot"),
    "pathways.csv": Table(models.Pathway, "code"),
    "pathway_steps.csv": Table(models.PathwayStep, "pathway", "position"),
    "funding_sources.csv": Table(models.FundingSource, "code"),
    "budget_lines.csv": Table(models.BudgetLine, "source", "fiscal_year", "category"),
    "cost_rules.csv": Table(
        models.CostRule, "program", "slot", "category", "origin", apart=["condition"]
    ),
    "funding_rules.csv": Table(
        models.FundingRule,
        *("program", "category", "percent", "host_pays"),
        apart=["condition"],
    ),
    "quotas.csv": Table(models.Quota, "code"),
    "objective_profiles.csv": Table(models.ObjectiveProfile, "code", "version"),
    "participants.csv": Table(models.Participant, "code"),
    "skill_claims.csv": Table(models.SkillClaim, "participant", "skill"),
    "language_certificates.csv": Table(
        models.LanguageCertificate, "participant", "test", "band", "taken_on"
    ),
    "education.csv": Table(
        models.Education, "participant", "level", "isced_f", "institution"
    ),
    "employment.csv": Table(models.Employment, "participant", "employer", "starts_on"),
    "fact_definitions.csv": Table(models.FactDefinition, "code"),
    "person_facts.csv": Table(
        models.PersonFact, "participant", "definition", "valid_from"
    ),
    "availabilities.csv": Table(models.Availability, "participant", "starts_on"),
    "teams.csv": Table(models.Team, "code"),
    "applications.csv": Table(models.Application, "participant", "intake"),
    "preferences.csv": Table(models.Preference, "application", "rank"),
    "host_ratings.csv": Table(models.HostRating, "application", "slot"),
    "placements.csv": Table(models.Placement, "application", "slot"),
    "placement_events.csv": Table(models.PlacementEvent, "placement", "to_state"),
    "pins.csv": Table(models.Pin, "application", "slot"),
}
"""Each file's model and natural key, in the order in which rows need each other."""
NOON = time(12, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


def load(directory, *, now, password=""):
    """Load the files of a folder; return {file: rows}, empty when it was done before.

    Raises
    ------
    Refusal: the database holds people already, or another demonstration.
    """
    files = [name for name in TABLES if (directory / name).exists()]
    digest = digest_of(directory, files)
    if _is_loaded(digest):
        logins.set_password(password)
        return {}
    rows = {name: tables.read_rows(directory / name) for name in files}
    with transaction.atomic():
        happening = _set_the_stage(rows)
        keys = tables.Keys()
        for name, entries in rows.items():
            _prepare(name, entries)
            TABLES[name].insert(entries, keys)
            if name == "institutions.csv":
                logins.create(password=password)
        if happening:
            by = models.User.objects.get(username="administrator")
            enact.enact(happening, by=by, decided_at=datetime.combine(TODAY, NOON))
        awaited.note(list(_before_departure()))
        counts = _count(rows, happening)
        owner = models.Institution.objects.earliest("code")
        facts = {"digest": digest, "rows": counts}
        audit.record(by=SYSTEM, action=ACTION, obj=owner, data=facts, now=now)
    return counts


def _before_departure():
    """Return the places of people who have yet to leave: some may be conditional."""
    rows = models.Placement.objects.filter(state__in=BEFORE_DEPARTURE)
    return rows.select_related("slot__intake__program", "application")


def _set_the_stage(rows):
    """Take what will be enacted out of the rows; nothing when there is too much."""
    if len(rows["applications.csv"]) > ENACTED:
        return {}
    happening = {name: rows.get(name, []) for name in enact.FILES}
    past = {row["application"] for row in rows.get("placements.csv", ())}
    rows |= {name: [] for name in happening}
    for row in happening["applications.csv"][:]:
        if f"{row['participant']}/{row['intake']}" in past:
            happening["applications.csv"].remove(row)
            rows["applications.csv"].append(row)
    for row in rows["intakes.csv"]:
        if row["state"] == "closed":
            row["state"] = "draft"
    return happening


def _count(rows, happening):
    """Return {file: rows} of everything inserted and enacted."""
    return {
        name: len(entries) + len(happening.get(name, ()))
        for name, entries in rows.items()
    }


def digest_of(directory, files):
    """Return the SHA-256 of the files' names and contents."""
    digest = hashlib.sha256()
    for name in files:
        content = hashlib.sha256((directory / name).read_bytes()).hexdigest()
        digest.update(f"{name} {content}\n".encode())
    return digest.hexdigest()


def _is_loaded(digest):
    loaded = models.AuditEvent.objects.filter(action=ACTION).first()
    if loaded and loaded.data["digest"] == digest:
        return True
    if loaded or models.Participant.objects.exists():
        raise Refusal(
            "demo-database-not-empty",
            _(
                "This database already holds people, or another demonstration. "
                "Load the demonstration into an empty database (set DATABASE_URL)."
            ),
            kind=RefusalKind.CONFLICT,
        )
    return False


def _prepare(name, rows):
    """Add what a file cannot hold: hashes of national ids, and who pinned when."""
    if name == "participants.csv":
        for row in rows:
            row["nik_hash"] = national_ids.keyed_hash(row["nik"])
    if name == "pins.csv":
        moment = datetime.combine(TODAY, NOON).isoformat()
        for row in rows:
            row |= {"created_by": "administrator", "created_at": moment}
