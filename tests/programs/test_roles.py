"""Nobody holds the right to make a plan and the right to approve one."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from programs.domain import invariants
from programs.models import Membership
from programs.roles import ROLES, Permission, Role, are_separate, permissions_of
from tests import factories


@pytest.mark.parametrize("role", Role)
def test_no_role_plans_and_approves(role):
    held = permissions_of({role})
    assert held == ROLES[role].permissions
    assert not held >= {Permission.PLAN, Permission.APPROVE}


@pytest.mark.parametrize("role", set(Role) - {Role.PLANNER, Role.APPROVER})
@pytest.mark.parametrize("duty", [Role.PLANNER, Role.APPROVER])
def test_other_roles_go_with_either_duty(role, duty):
    assert are_separate({role, duty})


def test_who_was_given_both_roles_approves_nothing():
    held = permissions_of({Role.PLANNER, Role.APPROVER})
    assert Permission.PLAN in held
    assert Permission.APPROVE not in held


@pytest.mark.django_db
def test_a_superuser_is_an_administrator_not_everybody():
    boss = factories.user.make(is_superuser=True)
    assert boss.permissions == ROLES[Role.ADMINISTRATOR].permissions


@pytest.mark.django_db
def test_the_second_duty_is_refused_and_found():
    planner = factories.planner()
    both = Membership(
        user=planner, institution=factories.institution.make(), role=Role.APPROVER
    )
    with pytest.raises(ValidationError, match="Nobody both plans and approves"):
        both.full_clean()
    both.save()
    broken = invariants.check(now=timezone.now())
    assert [(breach.promise, breach.row) for breach in broken] == [
        ("duties_are_separate", planner.actor)
    ]
