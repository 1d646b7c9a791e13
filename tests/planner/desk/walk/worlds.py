"""Two sides with rows of every table: one ministry's, and another's it may not see.

Each has a plan in force with somebody placed, somebody waiting and a free place with a
suggestion, plans in every state before that, and files.
"""

from datetime import timedelta

from model_bakery import baker

from api.models import InstitutionKey, WebhookEndpoint
from planner.allocation.decisions import approve, publish, submit
from planner.allocation.solving import execute
from planner.models import LetterJob, Mailing, Message, MoveUp
from programs.choices import ImportState, IntakeState
from programs.domain import placements
from tests import factories
from tests.planner.allocation.worlds import NOW, World, fresh, suggest
from tests.programs.admin.test_every_table import TABLES, make

LATER = NOW + timedelta(hours=1)
CODE = "32"
"""The province of everybody, for the pages of a group."""


class Side:
    """One ministry with its sender, its host, its people and its plans.

    Parameters
    ----------
    word: the name of every person of this side, and of nobody else.
    """

    def __init__(self, word):
        self.word = word
        self.ministry = factories.ministry.make()
        self.sender = factories.institution.make()
        self.host = factories.host.make()
        self.users = {
            "coordinator": factories.coordinator(of=self.ministry),
            "sender": factories.partner(of=self.sender),
            "host": factories.partner(of=self.host),
        }
        self.world = World(owner=self.ministry)
        self.published = self.publish()
        self.runs = [self.published, *self.plans()]
        self.rows = self.rows_of_tables()
        self.need = factories.need.make(
            intake=self.world.intake, asked_by=self.users["coordinator"]
        )

    def person(self, slot, **columns):
        """Add somebody of the sender, who asks for a slot."""
        who = {
            "given_name": self.word,
            "registered_by": self.sender,
            "home_institution": self.sender,
        }
        return self.world.person(slot, who=who, nominated_by=self.sender, **columns)

    def publish(self):
        """Publish a plan; one accepts, one declines, and one is suggested instead."""
        self.slot = self.world.slot(seats=2, host=self.host)
        self.world.cost(
            10_000_000, self.world.source(f"s{self.ministry.pk}"[:20], 90_000_000)
        )
        self.strong, self.weak, self.waiting = (
            self.person(self.slot, merit=merit) for merit in (90, 80, 10)
        )
        run = self.carried(self.world.intake, None)
        self.message = refused_message(run, self.waiting, self.users["coordinator"])
        by = self.users["coordinator"]
        self.letters = written_letters(run, by)
        kept, freed = (row.placements.get() for row in (self.strong, self.weak))
        placements.accept(placement=kept, by=by, now=LATER)
        self.merger = factories.merger.make(
            kept=self.strong.participant, gone=self.weak.participant
        )
        self.change = factories.placement_change.make(placement=kept)
        self.condition = factories.place_condition.make(placement=kept)
        placements.decline(placement=freed, by=by, now=LATER, reason="Family.")
        suggest(now=LATER)
        self.suggestion = MoveUp.objects.get(freed=freed)
        return run

    def plans(self):
        """Return plans of another intake: solved, submitted, approved."""
        closed = self.world.add_intake(state=IntakeState.CLOSED)
        slot = self.world.slot(intake=closed, host=self.host)
        self.quota = factories.quota.make(intake=closed, price=1)
        self.person(slot, intake=closed)
        verbs = (submit.submit, approve.approve, publish.publish)
        return [self.carried(closed, verb) for verb in verbs]

    def carried(self, intake, until):
        """Return a solved run, carried on up to a verb and without it."""
        run = self.world.run(intakes=[intake])
        execute.execute(run.pk)
        for verb, by in (
            (submit.submit, self.world.planner),
            (approve.approve, self.world.approver),
            (publish.publish, self.world.planner),
        ):
            if verb is until:
                break
            run = fresh(run)
            seen = {"digest": run.result_digest} if verb is approve.approve else {}
            verb(run, by=by, now=NOW, **seen)
        return fresh(run)

    def rows_of_tables(self):
        """Return {model's name: row of this side}; other tables are everybody's."""
        program, intake = self.world.program, self.world.intake
        return {
            "application": self.strong,
            "participant": self.strong.participant,
            "placement": self.strong.placements.get(),
            "reserveentry": self.waiting.reserve_entries.get(),
            "team": factories.team.make(intake=intake),
            "pin": factories.pin.make(application=self.waiting, slot=self.slot),
            "program": program,
            "programrule": factories.program_rule.make(program=program),
            "intake": intake,
            "slot": self.slot,
            "pathway": factories.pathway.make(intake=intake),
            "sharedresource": factories.shared_resource.make(owner=self.ministry),
            "costrule": program.cost_rules.first(),
            "fundingrule": program.funding_rules.first(),
            "quota": self.quota,
            "profilecondition": factories.profile_condition.make(),
            "grouppin": factories.group_pin.make(
                intake=None, slot=self.slot, kind="forbid", condition="kkni >= 9"
            ),
            "institution": self.sender,
            "importbatch": factories.import_batch.make(
                created_by=self.users["coordinator"], state=ImportState.DISCARDED
            ),
            "user": self.users["sender"],
            "allocationrun": self.published,
            "publication": self.published.publication,
            "scenario": self.scenario(intake),
            "institutionkey": InstitutionKey.objects.create_key(
                name="key", institution=self.sender, scopes=["nominate"]
            )[0],
            "webhookendpoint": baker.make(
                WebhookEndpoint, institution=self.sender, secret="whsec_aGVq"
            ),
        }

    def scenario(self, intake):
        """Return a what-if of the intake."""
        scenario = factories.scenario.make(created_by=self.world.planner)
        scenario.intakes.add(intake)
        return scenario

    def names(self, run):
        """Return {part of an address: id} of this side, as seen from one plan."""
        return {
            "intake_id": self.world.intake.pk,
            "slot_id": self.slot.pk,
            "need_id": self.need.pk,
            "participant_id": self.strong.participant_id,
            "kept_id": self.strong.participant_id,
            "gone_id": self.waiting.participant_id,
            "merger_id": self.merger.pk,
            "application_id": self.waiting.pk,
            "run_id": run.pk,
            "batch_id": self.rows["importbatch"].pk,
            "suggestion_id": self.suggestion.pk,
            "placement_id": self.change.placement_id,
            "change_id": self.change.pk,
            "condition_id": self.condition.pk,
            "message_id": self.message.pk,
            "job_id": self.letters.pk,
            "code": CODE if run is self.published else self.rows["quota"].code,
            "id": self.users["sender"].pk,
        }


def refused_message(run, application, by):
    """Return an e-mail that no server has taken: somebody may send it again."""
    mailing = Mailing.objects.create(
        publication=run.publication, created_by=by, created_at=NOW, state="failed"
    )
    return Message.objects.create(
        publication=run.publication,
        application=application,
        mailing=mailing,
        state="refused",
        email="w@contoh.id",
        subject="About",
        body="Text",
    )


def written_letters(run, by):
    """Return a PDF with letters that can be taken away."""
    return LetterJob.objects.create(
        publication=run.publication,
        to_all=True,
        own_pages="https://desk.example.id/me/",
        state="solved",
        content=b"%PDF-",
        num_letters=1,
        expires_at=NOW + timedelta(days=36_500),
        created_by=by,
        created_at=NOW,
    )


def shared():
    """Return {model's name: row} of the tables that are nobody's."""
    rows = [model._base_manager.first() or make(model) for model in TABLES]
    for row in rows:
        if hasattr(row, "history") and not row.history.exists():
            row.save()  # delivered by a migration, which writes no history
    return {row._meta.model_name: row for row in rows}
