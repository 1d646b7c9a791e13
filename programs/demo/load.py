"""Load a demonstration's files: everything or nothing, once.

Rows are inserted in bulk. What the domain's verbs would refuse is refused here by the
database's constraints; what they would record for each row is recorded as one audit
entry for the whole load, with the digest of the files and the count of rows.
"""

import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from programs import models, tables
from programs.domain import audit
from programs.domain.actors import SYSTEM
from programs.refusals import Refusal, RefusalKind
from programs.tables import Table

from . import logins

ACTION = "demo.load"
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
    "cost_rules.csv": Table(models.CostRule, "program", "slot", "category", "origin"),
    "funding_rules.csv": Table(
        models.FundingRule, "program", "category", "percent", "host_pays"
    ),
    "quotas.csv": Table(models.Quota, "code"),
    "objective_profiles.csv": Table(models.ObjectiveProfile, "code", "version"),
    "participants.csv": Table(models.Participant, "code"),
    "skill_claims.csv": Table(models.SkillClaim, "participant", "skill"),
    "language_certificates.csv": Table(
        models.LanguageCertificate, "participant", "test", "band", "taken_on"
    ),
    "availabilities.csv": Table(models.Availability, "participant", "starts_on"),
    "teams.csv": Table(models.Team, "code"),
    "applications.csv": Table(models.Application, "participant", "intake"),
    "preferences.csv": Table(models.Preference, "application", "rank"),
    "host_ratings.csv": Table(models.HostRating, "application", "slot"),
    "placements.csv": Table(models.Placement, "application", "slot"),
    "pins.csv": Table(models.Pin, "application", "slot"),
}
"""Each file's model and natural key, in the order in which rows need each other."""


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
    with transaction.atomic():
        keys, counts = tables.Keys(), {}
        for name in files:
            rows = tables.read_rows(directory / name)
            _prepare(name, rows, now)
            TABLES[name].insert(rows, keys)
            counts[name] = len(rows)
            if name == "institutions.csv":
                logins.create(password=password)
        owner = models.Institution.objects.earliest("code")
        facts = {"digest": digest, "rows": counts}
        audit.record(by=SYSTEM, action=ACTION, obj=owner, data=facts, now=now)
    return counts


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


def _prepare(name, rows, now):
    """Add what a file cannot hold: hashes of national ids, and who pinned when."""
    if name == "participants.csv":
        for row in rows:
            row["nik_hash"] = nik_hash(row["nik"])
    if name == "pins.csv":
        for row in rows:
            row |= {"created_by": "coordinator", "created_at": now.isoformat()}


def nik_hash(nik):
    """Return the keyed hash by which a NIK is found, "" for none."""
    key = settings.NIK_HASH_KEY.encode()
    return hmac.new(key, nik.encode(), hashlib.sha256).hexdigest() if nik else ""
