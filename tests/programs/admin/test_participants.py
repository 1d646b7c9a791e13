"""A partner registers and corrects its own people by the form of the desk."""

import pytest
import time_machine
from django.urls import reverse

from programs.models import AuditEvent, Participant
from tests import factories
from tests.programs.admin.test_verbs import filled, told

pytestmark = pytest.mark.django_db
ADD = reverse("admin:programs_participant_add")
NIK = "7371011705030001"
MALE = {"birth_date": "2003-05-17", "sex": "M"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel("2027-02-01T03:00:00Z", tick=False):
        yield


@pytest.fixture
def school(client):
    """A school with its teacher at the desk."""
    client.cookies["django_language"] = "en"
    school = factories.institution.make(name="SMKN 3 Makassar")
    client.force_login(factories.partner(of=school))
    return school


def lines(name, *rows):
    """Return what a list of new lines sends."""
    sent = {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
    for at, row in enumerate(rows):
        sent |= {f"{name}-{at}-{field}": value for field, value in row.items()}
    return sent


def register(client, **changes):
    """Send the form of a new person."""
    return client.post(ADD, written(client, **changes))


def written(client, **changes):
    person = {
        "given_name": "Andi",
        "family_name": "Mappaodang",
        "code": "2026-001",
        "kkni": 2,
        "isced_f": "0714",
        "new_nik": NIK,
        **MALE,
    }
    sent = filled(client, ADD, **person)
    return {name: value for name, value in (sent | changes).items() if value != ""}


def errors(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_school_registers_a_pupil_with_skills_and_a_certificate(client, school):
    scale = factories.language_scale.make()
    skill = factories.skill.make()
    page = client.get(ADD).content.decode()
    assert "registered_by" not in page  # nobody is asked what is known already
    assert '<option value=""' in page.partition('name="sex"')[2][:900]  # nor guessed
    answer = register(
        client,
        **lines("skill_claims", {"skill": skill.pk, "level": 2, "evidence": "self"}),
        **lines("language_certificates", {"scale": scale.pk, "taken_on": "2026-07-05"}),
    )
    assert answer.status_code == 302, answer.context["errors"]
    andi = Participant.objects.get()
    assert (andi.registered_by, andi.home_institution) == (school, school)
    assert (andi.nik, andi.citizenship_id) == (NIK, "ID")
    assert andi.human_key == andi.nik_hash != ""
    paper = andi.language_certificates.get()
    assert (paper.band, paper.cefr, paper.language) == (
        scale.band,
        scale.cefr,
        scale.language,
    )
    assert andi.skill_claims.get().skill == skill
    assert told() == (["participants.register"], ["participant.registered"])
    # What was written is shown on no page.
    for name in ("change", "history"):
        page = reverse(f"admin:programs_participant_{name}", args=[andi.pk])
        assert NIK not in client.get(page).content.decode()


def test_the_form_refuses_what_the_verb_refuses_at_the_field(client, school):
    wrong = register(client, new_nik="123")
    assert "new_nik" in wrong.context["adminform"].form.errors
    scale = factories.language_scale.make()
    future = {"scale": scale.pk, "taken_on": "2030-01-01"}
    answer = register(client, **lines("language_certificates", future))
    assert "A date from" in errors(answer)
    skill = {"skill": factories.skill.make().pk, "level": 2, "evidence": "self"}
    answer = register(client, **lines("skill_claims", skill, skill))
    assert answer.status_code == 200
    assert not Participant.objects.exists()
    register(client)
    twin = register(client, code="2026-002")
    assert "already registered a person with this NIK" in errors(twin)


def test_an_id_is_written_again_only_where_somebody_types_it(client, school):
    register(client)
    andi = Participant.objects.get()
    url = reverse("admin:programs_participant_change", args=[andi.pk])
    answer = client.post(url, filled(client, url, given_name="Ande"))
    assert answer.status_code == 302, answer.context["errors"]
    andi.refresh_from_db()
    assert (andi.given_name, andi.nik) == ("Ande", NIK)
    other = "7371011705030002"
    client.post(url, filled(client, url, new_nik=other))
    andi.refresh_from_db()
    assert andi.nik == other
    assert andi.human_key == andi.nik_hash
    assert AuditEvent.objects.order_by("sequence").last().data == {"changed": ["nik"]}


def test_another_institutions_people_are_neither_changed_nor_taken(client, school):
    other = factories.institution.make()
    theirs = factories.participant.make(registered_by=other, home_institution=school)
    url = reverse("admin:programs_participant_change", args=[theirs.pk])
    assert client.get(url, follow=True).redirect_chain  # as if there were nobody
    # Nominated by the school, registered elsewhere: read, and not written.
    factories.application.make(participant=theirs, nominated_by=school)
    page = client.get(url)
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert "new_nik" not in page.content.decode()
    assert client.post(url, {"given_name": "X"}).status_code == 403
    # Who registers is not for the form to say.
    answer = register(client, registered_by=other.pk)
    assert answer.status_code == 302
    assert Participant.objects.get(code="2026-001").registered_by == school


def test_whoever_only_reads_is_shown_no_field_to_write(client, school):
    register(client)
    andi = Participant.objects.get()
    client.force_login(factories.auditor())
    page = client.get(reverse("admin:programs_participant_change", args=[andi.pk]))
    shown = page.content.decode()
    assert page.status_code == 200
    assert "new_nik" not in shown
    assert NIK not in shown


def test_a_partner_states_a_fact_and_an_officer_confirms_it(client, school):
    definition = factories.fact_definition.make()
    fact = {"definition": definition.pk, "value": "14", "valid_from": "2027-01-05"}
    register(client, **lines("facts", {**fact, "is_verified": "on"}))
    andi = Participant.objects.get()
    stated = andi.facts.get()
    assert (stated.value, stated.verified_at) == ("14", None)
