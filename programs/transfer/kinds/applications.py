"""Applications with their ranked choices, one person and intake a row."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from programs.choices import ApplicationState, ImportKind, IntakeState, SlotState
from programs.days import is_open_on
from programs.domain import events
from programs.event_kinds import EventKind
from programs.models import (
    Application,
    Intake,
    Participant,
    Pathway,
    Preference,
    Slot,
    Team,
)
from programs.transfer.columns import Amount, Code, Column, Pattern, Whole

from .base import Kind, chunks

CHOICES = tuple(f"choice_{rank}" for rank in range(1, 7))


class Applications(Kind):
    """Applications, found again by person and intake."""

    name = ImportKind.APPLICATIONS
    model = Application
    key = ("participant", "intake")
    columns = (
        Column("participant", required=True, limit=40),
        Code("intake", required=True, what="intake"),
        Code("nominated_by", what="institution"),
        Pattern("team", pattern=r"[-a-zA-Z0-9_]{1,60}", hint="tim-01"),
        Amount("merit_score", most=100),
        Whole("carry_over_points", most=1000),
        *(Column(name, limit=60) for name in CHOICES),
    )

    def prepare(self, rows):
        codes = {row.values.get("participant") for row in rows} - {None}
        self.people = {}
        for batch in chunks(codes):
            found = Participant.objects.filter(code__in=batch)
            for code, *ids in found.values_list("code", "pk", "registered_by_id"):
                self.people[code] = ids
        self.intakes = Intake.objects.select_related("program").in_bulk(
            field_name="code"
        )
        self.mine = self.lookups.own(Intake)
        self.teams = dict(Team.objects.values_list("code", "intake_id"))
        self.wishes = {
            (intake, code): (kind, pk)
            for kind, rows_of in (
                ("slot", Slot.objects.filter(state=SlotState.OPEN)),
                ("pathway", Pathway.objects.all()),
            )
            for code, pk, intake in rows_of.values_list("code", "pk", "intake_id")
        }

    def check(self, row):
        values = row.values
        if "participant" in values and values["participant"] not in self.people:
            row.refuse("participant", "unknown", what=_("participant"))
        intake = self.intakes.get(values.get("intake"))
        if intake is None or row.failed("intake"):
            return
        if intake.pk not in self.mine:
            row.refuse("intake", "not-yours", what=_("intake"))
            return
        values["choices"] = tuple(self._choices(row, intake))
        for name in CHOICES:
            values.pop(name, None)
        team = values.get("team")
        if team and self.teams.get(team, intake.pk) != intake.pk:
            row.refuse("team", "team-elsewhere")

    def _choices(self, row, intake):
        named = [(name, row.values.get(name, "")) for name in CHOICES]
        filled = [(name, code) for name, code in named if code]
        if len(filled) > intake.max_choices:
            column = filled[intake.max_choices][0]
            row.refuse(column, "too-many-choices", limit=intake.max_choices)
        if [name for name, _code in filled] != list(CHOICES[: len(filled)]):
            row.refuse("choice_1", "gap-in-choices")
        for name, code in filled:
            if (intake.pk, code) not in self.wishes:
                row.refuse(name, "other-intake", intake=intake.code)
        repeated = [code for code, n in Counter(c for _n, c in filled).items() if n > 1]
        if repeated:
            row.refuse("choice_1", "twice", what=repeated[0])
        return [code for _name, code in filled]

    def check_change(self, row, action):
        intake = self.intakes[row.values["intake"]]
        if intake.state != IntakeState.OPEN or not is_open_on(intake, self.now):
            row.refuse(
                "intake",
                "intake-not-open",
                first=str(intake.opens_on),
                last=str(intake.closes_on),
                state=intake.state,
            )

    def current(self, keys, columns):
        found = {}
        for codes in chunks({participant for participant, _intake in keys}):
            rows = Application.objects.filter(participant__code__in=codes)
            for values in self._values(rows):
                found[(values["participant"], values["intake"])] = values
        return found

    def _values(self, queryset):
        rows = queryset.select_related("participant", "intake", "nominated_by", "team")
        rows = rows.prefetch_related("preferences__slot", "preferences__pathway")
        ordered = rows.order_by("intake__code", "participant__code")
        for application in ordered.iterator(chunk_size=500):
            wishes = sorted(application.preferences.all(), key=lambda wish: wish.rank)
            sender, team = application.nominated_by, application.team
            yield {
                "participant": application.participant.code,
                "intake": application.intake.code,
                "nominated_by": sender.code if sender else "",
                "team": team.code if team else "",
                "merit_score": application.merit_score,
                "carry_over_points": application.carry_over_points,
                "choices": tuple((wish.slot or wish.pathway).code for wish in wishes),
            }

    def create(self, rows, now):
        made = []
        for row in rows:
            pk, registrar = self.people[row.values["participant"]]
            application = Application(
                participant_id=pk,
                intake=self.intakes[row.values["intake"]],
                nominated_by_id=registrar,
                state=ApplicationState.SUBMITTED,
                submitted_at=now,
            )
            made.append(self._apply(application, row))
        Application.objects.bulk_create(made, batch_size=1000)
        self._write_choices(made, rows)
        self._tell(EventKind.APPLICATION_SUBMIT, made, now)

    def change(self, rows, now):
        by_key = {self.key_of(row.values): row for row in rows}
        made = []
        for codes in chunks({participant for participant, _intake in by_key}):
            found = Application.objects.filter(participant__code__in=codes)
            for application in found.select_related("participant", "intake"):
                key = (application.participant.code, application.intake.code)
                if key in by_key:
                    made.append(self._apply(application, by_key[key]))
        fields = ["nominated_by", "team", "merit_score", "carry_over_points"]
        Application.objects.bulk_update(made, fields, batch_size=200)
        rows = [by_key[(one.participant.code, one.intake.code)] for one in made]
        self._write_choices(made, rows)
        self._tell(EventKind.APPLICATION_SET_PREFERENCES, made, now)

    def _apply(self, application, row):
        values = row.values
        if values.get("nominated_by"):
            sender = self.lookups["institution"][values["nominated_by"]]
            application.nominated_by_id = sender
        if "team" in values:
            application.team = self._team(values["team"], application.intake)
        application.merit_score = (
            values.get("merit_score", application.merit_score) or 0
        )
        points = values.get("carry_over_points", application.carry_over_points)
        application.carry_over_points = points or 0
        return application

    def _team(self, code, intake):
        """A team that a file names for the first time is made."""
        if not code:
            return None
        return Team.objects.get_or_create(
            code=code, defaults={"intake": intake, "name": code}
        )[0]

    def _write_choices(self, made, rows):
        for batch in chunks(made):
            Preference.objects.filter(application__in=batch).delete()
        Preference.objects.bulk_create(
            [
                self._preference(application, rank, code)
                for application, row in zip(made, rows, strict=True)
                for rank, code in enumerate(row.values["choices"], start=1)
            ],
            batch_size=1000,
        )

    def _preference(self, application, rank, code):
        kind, pk = self.wishes[(application.intake_id, code)]
        return Preference(application=application, rank=rank, **{f"{kind}_id": pk})

    def _tell(self, kind, made, now):
        entries = [(one, [one.nominated_by_id]) for one in made]
        events.emit_many(kind=kind, entries=entries, now=now)

    def full(self, values):
        return {
            "team": "",
            "nominated_by": "",
            "merit_score": 0,
            "carry_over_points": 0,
            "choices": (),
        } | values

    def export_rows(self, queryset, *, private=False):
        for values in self._values(queryset):
            choices = dict(zip(CHOICES, values["choices"], strict=False))
            yield dict.fromkeys(CHOICES, "") | values | choices
