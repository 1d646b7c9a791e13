"""Hosts rate candidates of their own slots: a score, or a veto with its reason."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_rate_then_veto_replaces_the_score(host, candidate):
    application, slot = candidate
    body = {"nomination": str(application.pk), "slot": str(slot.pk)}
    rated = host.send("post", "host-ratings/", {**body, "score": 90})
    assert rated.status_code == 201, rated.content
    vetoed = host.send("post", "host-ratings/", {**body, "veto_reason": "Safety"})
    assert vetoed.json()["id"] == rated.json()["id"]
    assert vetoed.json()["is_veto"]
    assert len(host.send("get", "host-ratings/").json()["results"]) == 1


def test_rating_needs_a_score_or_a_veto(host, candidate):
    application, slot = candidate
    body = {"nomination": str(application.pk), "slot": str(slot.pk)}
    assert host.send("post", "host-ratings/", body).status_code == 400


def test_only_candidates_of_own_slots_can_be_rated(host, candidate):
    _application, slot = candidate
    stranger = factories.application.make()
    body = {"nomination": str(stranger.pk), "slot": str(slot.pk), "score": 5}
    assert host.send("post", "host-ratings/", body).status_code == 404
