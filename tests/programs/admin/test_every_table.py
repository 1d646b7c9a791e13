"""Every table of the desk opens, costs the same for more rows, and can be audited."""

from datetime import date
from functools import partial

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programs.audit_actions import AuditAction
from programs.choices import Purpose
from programs.domain import audit
from programs.domain.actors import SYSTEM
from tests import factories

pytestmark = pytest.mark.django_db

TABLES = {
    model: table
    for model, table in admin.site._registry.items()
    if model._meta.app_label == "programs"
}
CLOSED = {"processingpurpose"}
"""Tables of what there is: rows are changed, and none is added."""
COUNTRIES = ("ID", "MY", "JP", "CN")
RECIPES = {
    "budgetline": "budget_line",
    "costcategory": "cost_category",
    "costrule": "cost_rule",
    "examsitting": "exam_sitting",
    "exchangerate": "exchange_rate",
    "factdefinition": "fact_definition",
    "feewaiver": "fee_waiver",
    "fundingrule": "funding_rule",
    "fundingsource": "funding_source",
    "grouppin": "group_pin",
    "immigrationroute": "immigration_route",
    "importbatch": "import_batch",
    "languagescale": "language_scale",
    "objectiveprofile": "objective_profile",
    "processingpurpose": "processing_purpose",
    "profilecondition": "profile_condition",
    "programrule": "program_rule",
    "qualificationlevel": "qualification_level",
    "regionlist": "region_list",
    "reserveentry": "reserve_entry",
    "sharedresource": "shared_resource",
    "transferbasis": "transfer_basis",
}

each_table = pytest.mark.parametrize("model", TABLES, ids=lambda m: m._meta.model_name)


def make(model, number=1):
    """Save a row of any model; the number tells rows apart where chance does not."""
    name = model._meta.model_name
    if name == "auditevent":
        row = factories.skill.make()
        audit.record(
            by=SYSTEM, action=AuditAction.DESK_ADD, obj=row, now=timezone.now()
        )
        return model.objects.latest("sequence")
    apart = {
        "examsitting": {"held_on": date(2027, 7, number)},
        "exchangerate": {"valid_from": date(2026, 1, number)},
        "languagescale": {"band": f"N{number}"},
        "processingpurpose": {"purpose": Purpose.values[number]},
        "qualificationlevel": {"kkni": number},
        "transferbasis": {"country": partial(factories.country_of, COUNTRIES[number])},
    }
    return getattr(factories, RECIPES.get(name, name)).make(**apart.get(name, {}))


def address(model, page, *args):
    return reverse(f"admin:programs_{model._meta.model_name}_{page}", args=args)


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries)


@each_table
def test_list_costs_the_same_for_one_and_three_rows(client, model):
    client.force_login(factories.administrator())
    make(model)
    url = address(model, "changelist")
    client.get(url)
    one = queries_of(client, url)
    make(model, 2)
    make(model, 3)
    assert queries_of(client, url) == one


@each_table
def test_pages_open_for_an_administrator(client, model):
    client.force_login(factories.administrator())
    row = make(model)
    table = TABLES[model]
    page = client.get(address(model, "change", row.pk))
    assert page.status_code == 200
    if table.search_fields:
        assert client.get(address(model, "changelist") + "?q=a").status_code == 200
    add = client.get(address(model, "add"))
    may_add = table.managed_by and model._meta.model_name not in CLOSED
    assert add.status_code == (200 if may_add else 403)


@each_table
def test_auditor_reads_everything_and_writes_nothing(client, model):
    client.force_login(factories.auditor())
    row = make(model)
    if model._meta.model_name == "user":
        assert client.get(address(model, "changelist")).status_code == 403
        return
    page = client.get(address(model, "change", row.pk))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.post(address(model, "change", row.pk), {}).status_code == 403
    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, "delete", row.pk)).status_code == 403


def test_people_without_a_role_are_shown_the_door(client):
    client.force_login(factories.user.make(is_staff=True))
    for model in TABLES:
        answer = client.get(address(model, "changelist"))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("admin:login"))
    assert client.get(reverse("admin:login"), follow=True).status_code == 403


@each_table
def test_a_list_is_taken_away_as_it_is_filtered(client, model):
    client.force_login(factories.administrator())
    row = make(model)
    page = address(model, "changelist")
    file = address(model, "download", "csv")
    assert file in client.get(page).content.decode()
    table = TABLES[model]
    taken = client.get(file).content.decode("utf-8-sig").splitlines()
    assert len(taken[0].split('","')) == len(table.list_display)
    assert len(taken) > 1
    assert client.get(f"{file}?pk__in={row.pk}").status_code == 200
    workbook = client.get(address(model, "download", "xlsx"))
    assert workbook.content[:2] == b"PK"
    assert client.get(f"{file}?pk__in=nonsense").status_code in {200, 404}
    assert client.get(file.replace(".csv", ".exe")).status_code == 404
    client.force_login(factories.user.make())
    assert client.get(file).status_code == 302


@each_table
def test_a_file_costs_the_same_for_one_and_three_rows(client, model):
    client.force_login(factories.administrator())
    make(model)
    url = address(model, "download", "csv")
    client.get(url)
    one = queries_of(client, url)
    make(model, 2)
    make(model, 3)
    assert queries_of(client, url) == one
