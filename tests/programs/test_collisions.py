"""A refusal of the database is told as what it is."""

import pytest
from django.db import IntegrityError, connection, transaction

from planner.allocation.decisions import publish
from planner.models import PublishedIntake
from programs import collisions
from programs.domain import checks
from programs.models import Membership
from programs.refusals import Refusal
from tests import factories

pytestmark = pytest.mark.django_db
HIT = Refusal("hit", "That one.")
OTHER = Refusal("other", "Another one.")
UNIQUE = "membership_is_unique"


def twin():
    """Write a membership that exists already."""
    row = factories.membership.make()
    Membership.objects.create(user=row.user, institution=row.institution, role=row.role)


def without_a_value():
    """Write a row as a program does that does not know one of the columns."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO planner_publishedintake (is_live) VALUES (true)")


def code_of(act, model, name, **more):
    told = collisions.told_as(HIT, model, name, **more)
    with pytest.raises(Refusal) as caught, told, transaction.atomic():
        act()
    return caught.value.code


def test_the_constraint_that_is_meant_is_told():
    assert code_of(twin, Membership, UNIQUE) == "hit"


def test_another_constraint_is_not_told_as_it():
    live = "intake_has_one_live_publication"
    assert code_of(twin, PublishedIntake, live, otherwise=OTHER) == "other"
    told = collisions.told_as(HIT, PublishedIntake, live)
    with pytest.raises(IntegrityError), told, transaction.atomic():
        twin()


def test_a_missing_value_says_that_the_releases_differ():
    assert code_of(without_a_value, Membership, UNIQUE) == "other-release"


def test_publishing_blames_nobody_for_a_missing_value():
    told = publish.collisions_told()
    with pytest.raises(Refusal) as caught, told, transaction.atomic():
        without_a_value()
    assert caught.value.code == "other-release"


def test_saving_blames_no_twin_for_a_missing_value(monkeypatch):
    row = factories.membership.prepare()
    monkeypatch.setattr(checks, "clean", lambda row: None)
    monkeypatch.setattr(type(row), "save", lambda self: without_a_value())
    with pytest.raises(Refusal) as caught:
        checks.save(row)
    assert caught.value.code == "other-release"
