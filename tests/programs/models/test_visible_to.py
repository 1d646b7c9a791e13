"""Who sees which rows: every model, every role."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from programs.models import Application, Participant, Placement, Slot
from programs.roles import Role
from tests import factories

from .test_every_model import RECIPES

pytestmark = pytest.mark.django_db
#: Rows that nobody looks at through a door.
INNER = {"ChainHead"}
MODELS = [
    model
    for model in apps.get_app_config("programs").get_models()
    if not model.__name__.startswith("Historical") and model.__name__ not in INNER
]
#: What everyone signed in may look up.
REFERENCE = {
    "Country",
    "Region",
    "ProvinceCapital",
    "RegionList",
    "ImmigrationRoute",
    "RouteCap",
    "Institution",
    "FactDefinition",
    "Skill",
    "LanguageScale",
    "ExamSitting",
    "QualificationLevel",
    "ExchangeRate",
    "CostCategory",
    "FeeWaiver",
    "ProcessingPurpose",
    "TransferBasis",
}
#: What an intake shows to every partner once it has left draft.
OPEN = {
    "Program",
    "ProgramGoal",
    "ProgramRule",
    "Intake",
    "Slot",
    "SkillRequirement",
    "Pathway",
    "PathwayStep",
    "ResourceUse",
    "CostRule",
    "FundingRule",
}
#: What belongs to a person and not to a program or an institution.
OWN = {
    "User",
    "Membership",
    "ImportBatch",
    "ImportRow",
    "ImportWrite",
    "RememberedWord",
}


def sees(model, user):
    return model.objects.visible_to(user).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_strangers_see_nothing(model):
    RECIPES[model].make()
    inactive = factories.auditor()
    inactive.is_active = False
    assert not sees(model, AnonymousUser())
    assert not sees(model, None)
    assert not sees(model, inactive)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_auditors_and_planners_see_everything(model):
    row = RECIPES[model].make()
    for user in (factories.auditor(), factories.planner()):
        if model.__name__ not in {"User", "Membership"}:
            assert model.objects.visible_to(user).filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_administrators_see_everything(model):
    row = RECIPES[model].make()
    seen = model.objects.visible_to(factories.administrator())
    assert seen.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_foreign_partner_sees_reference_rows_only(model):
    row = RECIPES[model].make()
    seen = model.objects.visible_to(factories.partner()).filter(pk=row.pk).exists()
    assert seen == (model.__name__ in REFERENCE | open_here(row))


def open_here(row):
    """Return the models whose rows show, now that the recipe has made what it needs."""
    if Slot.objects.exists() or type(row).__name__ in {"Intake", "Pathway"}:
        return OPEN
    # A program without an intake, and its rows, show to its coordinators only.
    return OPEN - {"Program", "ProgramGoal", "ProgramRule", "FundingRule", "CostRule"}


@pytest.mark.parametrize("role", Role.values)
def test_a_draft_intake_is_for_its_coordinators(role):
    slot = factories.slot.make(intake__state="draft", state="proposed")
    stranger = factories.member(role)
    sees_all = role in {"planner", "approver", "auditor", "administrator"}
    assert sees(Slot, stranger) == sees_all
    assert sees(Slot, factories.coordinator(of=slot.intake.program.owner))
    assert sees(Slot, factories.partner(of=slot.host))


def test_sender_and_host_see_the_person_they_share():
    placement = factories.placement.make(state="accepted")
    application = placement.application
    for institution in (application.nominated_by, placement.slot.host):
        user = factories.partner(of=institution)
        for model in (Placement, Application, Participant):
            assert sees(model, user)


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("offered", False),
        ("accepted", True),
        ("arrived", True),
        ("completed", True),
        ("no_show", True),
        ("declined", False),
        ("expired", False),
        ("rejected", False),
        ("superseded", False),
    ],
)
def test_a_host_sees_who_accepted_and_forgets_who_never_came(state, seen):
    host = factories.partner(of=factories.placement.make(state=state).slot.host)
    assert sees(Placement, host) == seen
    assert sees(Application, host) == seen
    assert sees(Participant, host) == seen


def test_a_place_with_another_host_shows_nothing():
    """A declined place here and a standing one elsewhere are two places, not one."""
    declined = factories.placement.make(state="declined")
    factories.placement.make(application=declined.application)
    assert not sees(Participant, factories.partner(of=declined.slot.host))


def test_a_host_sees_no_applicant_before_a_placement():
    preference = factories.preference.make()
    host = factories.partner(of=preference.slot.host)
    assert not sees(Application, host)
    assert not sees(Participant, host)


def test_a_coordinator_sees_whom_the_own_institution_registered():
    person = factories.participant.make()
    assert sees(Participant, factories.coordinator(of=person.registered_by))
    assert not sees(Participant, factories.coordinator())


def test_nobody_is_listed_twice():
    application = factories.application.make()
    for _ in range(2):
        factories.placement.make(application=application, state="declined")
    user = factories.partner(of=application.nominated_by)
    assert Application.objects.visible_to(user).count() == 1
    assert Participant.objects.visible_to(user).count() == 1


def test_rows_of_an_account_are_its_own():
    membership = factories.membership.make()
    batch = factories.import_batch.make()
    assert type(membership).objects.visible_to(membership.user).get() == membership
    assert type(batch).objects.visible_to(batch.created_by).get() == batch


def test_who_is_hosted_was_not_sent():
    """A partner sees whom it receives, and may act for those it sends alone."""
    placement = factories.placement.make(state="accepted")
    application = placement.application
    owner = application.intake.program.owner
    sender = factories.partner(of=application.nominated_by)
    host = factories.partner(of=placement.slot.host)
    rows = Application.objects
    assert list(rows.visible_to(host)) == [application]
    assert list(rows.sent_by(host)) == []
    assert list(rows.sent_by(sender)) == [application]
    assert list(rows.sent_by(factories.coordinator(of=owner))) == [application]
    assert list(rows.sent_by(factories.coordinator())) == []
