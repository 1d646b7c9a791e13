"""Applications with their ranked choices, one person and intake a row."""

from collections import defaultdict

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from programs.choices import ImportKind
from programs.domain import application_checks, applications
from programs.domain.actors import coordinates
from programs.models import (
    Application,
    Intake,
    Participant,
    Pathway,
    Preference,
    Slot,
    Team,
)
from programs.models.programs import MOST_CHOICES
from programs.roles import Permission, Role
from programs.transfer.columns import Amount, Code, Column, Pattern, Whole
from programs.transfer.rows import Action

from . import places
from .base import Kind, chunks

CHOICES = tuple(f"choice_{rank}" for rank in range(1, MOST_CHOICES + 1))
USUAL = 6
"""Choices that a template has columns for; a file may name as many as it needs."""
FIELDS = ("nominated_by", "team", "merit_score", "carry_over_points")
"""Values that are columns of the application's own row."""


class Applications(Kind):
    """Applications, found again by person and intake.

    A person is named by the code and the institution that gave it; who leaves the
    institution out means the one person with that code.
    """

    name = ImportKind.APPLICATIONS
    can_be_undone = True
    in_pieces = True
    permissions = (Permission.IMPORT_DATA, Permission.NOMINATE)
    model = Application
    key = ("participant", "registered_by", "intake")
    owner = ("intake", "intake")
    columns = (
        Column("participant", required=True, limit=40),
        Code("registered_by", what="institution"),
        Code("intake", required=True, what="intake"),
        Code("nominated_by", what="institution"),
        Pattern("team", pattern=places.TEAM, hint="tim-01", limit=120),
        Amount("merit_score", most=100),
        Whole("carry_over_points", most=1000),
        *(Column(name, limit=120) for name in CHOICES),
    )

    def __init__(self, by, *, now=None, reason=""):
        super().__init__(by, now=now, reason=reason)
        self.formed = defaultdict(set)
        """{(intake, code): names} of teams that the rows so far form."""

    def prepare(self, rows):
        codes = {row.values.get("participant") for row in rows} - {None}
        self.people = defaultdict(dict)
        for batch in chunks(codes):
            people = self.known(Participant).filter(code__in=batch)
            people = people.order_by("registered_by")
            for code, institution, *ids in people.values_list(
                "code", "registered_by__code", "pk", "registered_by_id"
            ):
                self.people[code][institution] = ids
        intakes, teams = Intake.objects.all(), Team.objects.all()
        if not coordinates(self.by):
            own = self.by.institution_ids(Role.PARTNER)
            intakes = intakes.visible_to(self.by)
            teams = teams.filter(institution__in=own)
        self.intakes = intakes.select_related("program").in_bulk(field_name="code")
        self.teams = places.Teams(teams.select_related("institution"))
        self.codes = {pk: code for code, pk in self.lookups["institution"].items()}
        self.new_teams = defaultdict(list)
        self.pathways = {
            (way.intake_id, way.code): way
            for way in Pathway.objects.visible_to(self.by).only("code", "intake_id")
        }
        slots = Slot.objects.visible_to(self.by).select_related("host")
        slots = slots.only("code", "intake_id", "state", "host__code")
        self.places = places.Places(slots, scope=lambda slot: slot.intake_id)

    def check(self, row):
        values = row.values
        is_read = "intake" in values and not row.failed("intake")
        if is_read and values["intake"] not in self.intakes:
            row.refuse("intake", "unknown", what=self.lookups.label("intake"))
        if "participant" in values and not row.failed("registered_by"):
            self._find_person(row, self.people[values["participant"]])
        if not values.get("nominated_by"):  # an empty cell leaves the sender alone
            values.pop("nominated_by", None)
        named = [(name, values.pop(name, "")) for name in CHOICES]
        filled = [(name, code) for name, code in named if code]
        if [name for name, _code in filled] != list(CHOICES[: len(filled)]):
            row.refuse("choice_1", "gap-in-choices")
        if any(name in row.cells for name in CHOICES):
            values["choices"] = tuple(
                self._settled(row, name, code) for name, code in filled
            )

    def _settled(self, row, column, code):
        """Return a choice as files write it; one that is not known stays as it is."""
        intake = self.intakes.get(row.values.get("intake"))
        if intake is None or (intake.pk, code) in self.pathways:
            return code
        found = self.places.find(code, intake.pk)
        return places.settle(row, column, found) or code

    def settle(self, row, stored):
        """Settle whose team it is: a code alone is the sender's, known or new."""
        given = row.values.get("team")
        if not given:
            return
        intake = self.intakes[row.values["intake"]].pk
        owner, slash, code = given.rpartition("/")
        if slash:
            is_foreign = self.registrar and owner != self.registrar
            if is_foreign or (owner and owner not in self.lookups["institution"]):
                row.refuse("team", "unknown", what=self.lookups.label("institution"))
            return
        held = stored["team"] if stored else ""
        sender = row.values.get("nominated_by") or (
            stored["nominated_by"] if stored else row.values["registered_by"]
        )
        formed = self.formed.get((intake, code), ())
        known = self.teams.known(code, sender=sender, intake=intake)
        known = [name for name in known if name not in formed]
        if held.rpartition("/")[2] == code:
            row.values["team"] = held
        elif len(known) > 1:
            row.refuse("team", "several-teams", codes=", ".join(known))
        else:
            row.values["team"] = known[0] if known else f"{sender}/{code}"
            if not known:
                self.new_teams[intake, code].append(row)

    def judge(self, rows):
        """Refuse new teams of several senders where nobody says whose they are."""
        for (intake, code), named in self.new_teams.items():
            formed = self.formed[intake, code]
            owners = sorted({row.values["team"] for row in named} | formed)
            if len(owners) == 1:
                formed.update(owners)
            else:
                for row in named:
                    codes = ", ".join([*owners, f"/{code}"])
                    row.refuse("team", "several-teams", codes=codes)
        super().judge(rows)

    def _find_person(self, row, known):
        """Settle which institution's code it is; ``known`` are those that have it."""
        given = row.values.pop("registered_by", "")
        if not given and len(known) == 1:
            [given] = known
        if given in known:
            row.values["registered_by"] = given
        elif known and not given:
            row.refuse("participant", "several-have-it", institutions=", ".join(known))
        else:
            row.refuse("participant", "unknown", what=str(_("participant")))

    def current(self, keys, columns):
        values_by_key = {}
        for codes in chunks({participant for participant, *_others in keys}):
            rows = self.known(Application).filter(participant__code__in=codes)
            for values in self._values(rows):
                values_by_key[self.key_of(values)] = values
        return values_by_key

    def _values(self, queryset):
        rows = queryset.select_related(
            "participant__registered_by", "intake", "nominated_by", "team__institution"
        )
        rows = rows.prefetch_related("preferences__slot__host", "preferences__pathway")
        ordered = rows.order_by("intake__code", "participant__code", "pk")
        for application in ordered.iterator(chunk_size=1000):
            wishes = sorted(application.preferences.all(), key=lambda wish: wish.rank)
            sender = application.nominated_by
            yield {
                "participant": application.participant.code,
                "registered_by": application.participant.registered_by.code,
                "intake": application.intake.code,
                "nominated_by": sender.code if sender else "",
                "team": places.name_of(application.team),
                "merit_score": application.merit_score,
                "carry_over_points": application.carry_over_points,
                "choices": tuple(map(_place_of, wishes)),
            }

    def build(self, rows):
        known = self._known([row for row in rows if row.action is Action.CHANGED])
        for row in rows:
            application = known.get(self.key_of(row.values))
            row.entry = self._entry(application or self._new(row), row)

    def _known(self, rows):
        wanted, applications = {self.key_of(row.values) for row in rows}, {}
        for codes in chunks({participant for participant, *_others in wanted}):
            rows_of = self.known(Application).filter(participant__code__in=codes)
            for application in rows_of.select_related(
                "participant__registered_by", "intake__program", "team"
            ):
                person = application.participant
                names = person.code, person.registered_by.code, application.intake.code
                if names in wanted:
                    applications[names] = application
        return applications

    def _new(self, row):
        pk, registrar = self._person(row)
        intake = self.intakes[row.values["intake"]]
        return Application(participant_id=pk, intake=intake, nominated_by_id=registrar)

    def _person(self, row):
        """Return the ids of a row's person and of who registered the person."""
        return self.people[row.values["participant"]][row.values["registered_by"]]

    def _entry(self, application, row):
        values, wishes = row.changes, None
        if values.get("nominated_by"):
            sender = self.lookups["institution"][values["nominated_by"]]
            application.nominated_by_id = sender
        if "team" in values:
            application.team = self._team(values["team"], application)
        for name in ("merit_score", "carry_over_points"):
            if name in values:
                setattr(application, name, values[name] or 0)
        if "choices" in values:
            wishes = [self._wish(application, code) for code in values["choices"]]
        changed = (
            () if application._state.adding else [n for n in FIELDS if n in values]
        )
        return applications.Entry(application, wishes, tuple(changed))

    def _wish(self, application, code):
        """Return what a settled choice names, None where it is not in the intake."""
        intake = application.intake_id
        found = self.places.find(code, intake)
        slot = found[0] if len(found) == 1 else None
        return self.pathways.get((intake, code)) or slot

    def _team(self, name, application):
        """A team that a file names for the first time is made."""
        if not name:
            return None
        intake = application.intake
        owner, slash, code = name.rpartition("/")
        if not slash:  # before an import of an earlier release
            owner = self.codes.get(application.nominated_by_id, "")
            known = self.teams.known(code, sender=owner, intake=intake.pk)
            name = known[0] if known else f"{owner}/{code}"
        key = intake.pk, name
        if key not in self.teams:
            institution = self.lookups["institution"].get(name.rpartition("/")[0])
            self.teams[key] = Team(
                code=code, intake=intake, name=code, institution_id=institution
            )
        return self.teams[key]

    def pk_of(self, entry):
        return entry.application.pk

    def problems(self, entries):
        return application_checks.problems(
            entries, by=self.by, now=self.now, reason=self.reason
        )

    def create(self, entries, now):
        applications.submit_many(
            entries=entries, by=self.by, now=now, reason=self.reason
        )

    def change(self, entries, now):
        applications.change_many(
            entries=entries, by=self.by, now=now, reason=self.reason
        )

    def full(self, values):
        return {
            "team": "",
            "nominated_by": "",
            "merit_score": 0,
            "carry_over_points": 0,
            "choices": (),
        } | values

    def template_columns(self):
        return self._up_to(USUAL)

    def export_columns(self, *, private=False):
        """Columns up to the longest list there is."""
        longest = Preference.objects.aggregate(most=Max("rank"))["most"] or 0
        return self._up_to(max(longest, USUAL))

    def _up_to(self, number):
        spare = set(CHOICES[number:])
        return [column for column in self.columns if column.name not in spare]

    def export_rows(self, queryset, *, private=False):
        for values in self._values(queryset):
            choices = dict(zip(CHOICES, values["choices"], strict=False))
            yield dict.fromkeys(CHOICES, "") | values | choices


def _place_of(wish):
    """Return what a file calls the slot or pathway that somebody ranked."""
    return wish.slot.full_code if wish.slot else wish.pathway.code
