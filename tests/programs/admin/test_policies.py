"""Quotas by condition on the desk: judged when they are saved, said in the list."""

import pytest

from programs.models import Quota
from tests import factories
from tests.planner.desk.reading import page, queries, text

from .test_verbs import _clock, filled  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(client):
    program = factories.program.make()
    client.force_login(factories.coordinator(of=program.owner))
    return program


def added(client, program, **values):
    url = page("programs_quota_add")
    plain = {"code": "women-3t", "name_en": "W", "name_id": "P", "kind": "floor"}
    plain |= {"measure": "absolute", "value": "3", "price": "500"}
    plain |= {"program": program.pk}
    return client.post(url, filled(client, url, **plain, **values))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"attribute": "condition", "condition": ""}, "Say whom the quota counts"),
        (
            {"attribute": "condition", "condition": "kknni >= 6"},
            "Character 1: “kknni” is no fact; perhaps “kkni” is meant",
        ),
        (
            {"attribute": "condition", "condition": 'fact("nil") >= 6'},
            "there is no fact “nil”",
        ),
        (
            {"attribute": "condition", "condition": "kkni > 6 and kkni < 3"},
            "Nobody can ever meet the condition",
        ),
        (
            {"attribute": "sex", "sex": "F", "condition": "kkni > 6"},
            "The quota does not look at its condition.",
        ),
    ],
)
def test_what_no_quota_can_count_is_said_at_the_field(client, program, values, says):
    assert says in text(added(client, program, **values))
    assert not Quota.objects.exists()


def test_a_condition_is_kept_in_its_usual_form_and_said_in_the_list(client, program):
    factories.fact_definition.make(code="maths", name_en="Maths test")
    rule = '((sex=F)) and fact("maths")>=14'
    assert (
        added(client, program, attribute="condition", condition=rule).status_code == 302
    )
    quota = Quota.objects.get()
    assert quota.condition == 'sex = F and fact("maths") >= 14'
    listed = page("programs_quota_changelist")
    assert "sex female and Maths test at least 14" in text(client.get(listed))
    one = queries(client, listed)
    for number in range(2):
        factories.quota.make(
            program=program,
            intake=None,
            attribute="condition",
            sex="",
            condition=f'fact("maths") >= {number}',
        )
    assert queries(client, listed) == one


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"condition": "kkni >= 5"}, "A condition and its points belong together"),
        ({"condition_points": "50"}, "A condition and its points belong together"),
        (
            {"condition": "disability", "condition_points": "50"},
            "Points are shown beside each person",
        ),
        ({"condition": "kknni >= 5", "condition_points": "50"}, "Character 1"),
    ],
)
def test_points_are_for_a_condition_that_can_be_told(client, values, says):
    client.force_login(factories.administrator())
    url = page("programs_objectiveprofile_add")
    plain = {"code": "p", "name_en": "P", "name_id": "P", "version": "1"}
    plain |= {"description_en": "P", "description_id": "P"}
    form = client.get(url).context["adminform"].form
    empty = {name: field.initial for name, field in form.fields.items()}
    plain = {n: "" if value is None else value for n, value in empty.items()} | plain
    assert says in text(client.post(url, plain | values))
