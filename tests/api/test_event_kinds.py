"""Kinds of events: the list that partners subscribe by."""

import pytest

from api.urls import router
from programs.event_kinds import EventKind

pytestmark = pytest.mark.django_db


def test_every_kind_is_listed_with_where_its_thing_is_read(sender):
    answer = sender.send("get", "event-kinds/").json()
    assert answer["next"] is None
    rows = {row["kind"]: row for row in answer["results"]}
    assert set(rows) == set(EventKind.values)
    routes = {f"{prefix}/" for prefix, *_rest in router.registry}
    assert {row["resource"] for row in rows.values()} <= routes
    assert rows["application.submit"]["resource"] == "nominations/"
    assert rows["transcript.written"]["object_type"] == "placement"


def test_a_kind_says_itself_in_both_languages(host):
    row = host.send("get", "event-kinds/placement.offered/").json()
    assert row["text"] == {
        "en": "A person was offered a place",
        "id": "Peserta ditawari penempatan",
    }


def test_an_unknown_kind_is_not_there(host):
    assert host.send("get", "event-kinds/no.such_kind/").status_code == 404
    assert host.send("get", "event-kinds/?kind=x").status_code == 400
