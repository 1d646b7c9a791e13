"""An address asks a table what its own filters ask, and nothing else."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from programs.admin.base import DeskAdmin
from tests import factories

pytestmark = pytest.mark.django_db

TABLES = admin.site._registry
each_table = pytest.mark.parametrize(
    "model", TABLES, ids=lambda model: model._meta.model_name
)
PATTERNS = ("regex", "iregex", "icontains", "startswith", "year__gte", "gt")


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_tables_of_libraries_are_not_on_the_desk():
    assert {
        type(table) for table in TABLES.values() if not isinstance(table, DeskAdmin)
    } == set()


@each_table
def test_no_column_is_searched_by_a_pattern(client, model):
    client.force_login(factories.administrator())
    request = RequestFactory().get("/")
    for field in model._meta.get_fields():
        for pattern in PATTERNS:
            name = f"{field.name}__{pattern}"
            assert not TABLES[model].lookup_allowed(name, "a", request), name
    name = f"{model._meta.pk.name}__regex"
    answer = client.get(list_of(model), {name: "^(a+)+$"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == list_of(model)
    assert client.get(list_of(model) + "download.csv", {name: "a"}).status_code == 404


@each_table
def test_own_columns_are_no_filters_by_themselves(client, model):
    client.force_login(factories.administrator())
    request = RequestFactory().get("/")
    table = TABLES[model]
    declared = {
        one[0] if isinstance(one, tuple) else getattr(one, "parameter_name", one)
        for one in table.list_filter
    }
    for field in model._meta.fields:
        if field.name not in declared:
            assert not table.lookup_allowed(field.name, "x", request), field.name


@each_table
def test_every_filter_of_a_table_is_let_in(model):
    request = RequestFactory().get("/")
    request.user = factories.administrator()
    table = TABLES[model]
    for spec in table.get_changelist_instance(request).filter_specs:
        for name in spec.expected_parameters():
            assert table.lookup_allowed(name, "1", request), name


def test_the_reader_is_told_which_filter_does_not_exist(client):
    client.force_login(factories.administrator())
    url = reverse("admin:programs_participant_changelist")
    page = client.get(url, {"given_name__regex": "a", "q": "x", "p": "1"}, follow=True)
    told = [str(message) for message in page.context["messages"]]
    assert told == [
        "This list has no filter named given_name__regex; all rows are shown."
    ]


def test_links_of_the_desk_still_filter(client):
    client.force_login(factories.administrator())
    intake = factories.intake.make()
    links = {
        "application": {"intake__id__exact": intake.pk, "state__exact": "submitted"},
        "slot": {"intake__id__exact": intake.pk},
        "fundingrule": {"program__id__exact": intake.program_id},
        "placement": {"state__exact": "offered"},
    }
    for name, query in links.items():
        url = reverse(f"admin:programs_{name}_changelist")
        assert client.get(url, query).status_code == 200, name


OFFERED = [
    ("costrule", "origin", ["32"]),
    ("participant", "province", ["32"]),
    ("participant", "regency", ["32.04"]),
    ("quota", "province", ["32"]),
    ("institution", "region", ["32", "32.04"]),
]


@pytest.mark.parametrize(("model", "field", "offered"), OFFERED)
def test_a_form_offers_the_regions_that_it_takes(client, model, field, offered):
    """Plans count costs and quotas by province; a regency is refused there."""
    client.force_login(factories.administrator())
    java = factories.west_java()
    factories.region.make(kemendagri_code="32.04", level="regency", parent=java)
    asked = {"app_label": "programs", "model_name": model, "field_name": field}
    answer = client.get(reverse("admin:autocomplete"), {"term": "", **asked})
    assert [row["id"] for row in answer.json()["results"]] == offered


def test_slots_of_one_code_are_offered_with_their_hosts(client):
    """A host reads no name in plans, which would tell that another uses the code."""
    hosts = [factories.institution.make(code=code) for code in ("fab", "lab")]
    like = {"code": "L-1", "role_title_en": "Tester", "role_title_id": "Penguji"}
    for host in hosts:
        factories.slot.make(host=host, **like)
    asked = {"app_label": "programs", "model_name": "preference", "field_name": "slot"}

    def offered(user):
        client.force_login(user)
        answer = client.get(reverse("admin:autocomplete"), {"term": "L-1", **asked})
        return sorted(row["text"] for row in answer.json()["results"])

    told = offered(factories.administrator())
    assert [text.partition(" (")[2] for text in told] == ["L-1)", "lab/L-1)"]
    told = offered(factories.partner(of=hosts[1]))
    assert [text.partition(" (")[2] for text in told] == ["L-1)", "L-1)"]
