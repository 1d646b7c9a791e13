"""Let a small demonstration happen: applications, teams, ratings and pins by verbs.

Each row goes through the domain's own verb at its own moment, so that every check of
the domain holds for it and the audit trail tells of it. The administrator acts.
"""

from datetime import UTC, datetime, time
from functools import partial

from programs import models, tables
from programs.choices import PinKind
from programs.domain import applications, host_ratings, intakes, pins, teams

FILES = (
    "teams.csv", "applications.csv", "preferences.csv", "host_ratings.csv", "pins.csv",
)  # fmt: skip
"""What is enacted; everything else is inserted."""
AT = time(3, 0, tzinfo=UTC)
"""Ten in the morning in Jakarta."""


def enact(rows, *, by, decided_at):
    """Open the intakes, take the wishes, form teams, close, rate and pin.

    Parameters
    ----------
    rows: {file: rows} of ``FILES``. by: the administrator.
    decided_at: the demonstration's day, on which hosts have rated.
    """
    drafts = models.Intake.objects.filter(state="draft").select_related("program")
    for intake in drafts:
        intakes.open_(intake=intake, by=by, now=_moment(intake.opens_on))
    made = _submit(rows, by)
    _form_teams(rows, made, by)
    for intake in drafts:
        intake.refresh_from_db()
        intakes.close(intake=intake, by=by, now=_moment(intake.closes_on))
    _fresh_intakes(made)
    slots = _by_code(models.Slot.objects.select_related("intake__program"))
    for row in rows["host_ratings.csv"]:
        host_ratings.rate(
            application=made[row["application"]],
            slot=slots[row["slot"]],
            by=by,
            now=decided_at,
            score=int(row["score"]) if row["score"] else None,
            veto_reason=row["reason"],
        )
    for row in rows["pins.csv"]:
        verb = pins.pin if row["kind"] == PinKind.PIN else pins.forbid
        verb(
            application=made[row["application"]],
            slot=slots[row["slot"]],
            by=by,
            now=decided_at,
            reason=row["reason"],
        )


def _submit(rows, by):
    """Submit the applications in the order of their dates; return them by key."""
    people = _by_code(models.Participant.objects.all())
    intakes_by_code = _by_code(models.Intake.objects.select_related("program"))
    senders = _by_code(models.Institution.objects.all())
    places = _by_code(models.Slot.objects.all()) | _by_code(
        models.Pathway.objects.all()
    )
    wishes = {}
    for row in rows["preferences.csv"]:
        wish = places[row["slot"] or row["pathway"]]
        wishes.setdefault(row["application"], []).append(wish)
    made = {}
    for row in sorted(rows["applications.csv"], key=lambda row: row["submitted_at"]):
        key = f"{row['participant']}/{row['intake']}"
        made[key] = applications.submit(
            id=tables.stable_id(models.Application, key),
            participant=people[row["participant"]],
            intake=intakes_by_code[row["intake"]],
            nominated_by=senders[row["nominated_by"]],
            by=by,
            now=datetime.fromisoformat(row["submitted_at"]),
            preferences=wishes.get(key, ()),
            merit_score=row["merit_score"],
            carry_over_points=int(row["carry_over_points"]),
        )
    return made


def _form_teams(rows, made, by):
    members = {}
    for row in rows["applications.csv"]:
        if row["team"]:
            key = f"{row['participant']}/{row['intake']}"
            members.setdefault(row["team"], []).append(made[key])
    for row in rows["teams.csv"]:
        band = members[row["code"]]
        teams.form(
            intake=band[0].intake,
            code=row["code"],
            name=row["name"],
            applications=band,
            by=by,
            now=max(application.submitted_at for application in band),
        )


def _fresh_intakes(made):
    """Give the applications their intakes as they are after closing."""
    intakes_by_id = models.Intake.objects.select_related("program").in_bulk()
    for application in made.values():
        application.intake = intakes_by_id[application.intake_id]


def _by_code(queryset):
    """Return rows by code; of two with one code, the one that the files made."""
    stable_id = partial(tables.stable_id, queryset.model)
    rows = sorted(queryset, key=lambda row: row.pk == stable_id(row.code))
    return {row.code: row for row in rows}


def _moment(day):
    return datetime.combine(day, AT)
