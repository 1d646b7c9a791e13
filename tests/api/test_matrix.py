"""Who may call what, and on whose rows: each route, method, caller and row.

The table is written by hand and complete: a new route fails here until somebody has
said who may call it.
"""

import uuid

import pytest

from api.models import InstitutionKey
from api.urls import router, singles
from tests import factories

from .conftest import Caller
from .test_access import foreign  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db

CALLERS = {
    "S": "a sender's key",
    "H": "a host's key",
    "P": "a planner's key",
    "p": "a partner at the desk",
    "c": "a coordinator at the desk",
    "a": "an auditor at the desk",
    "v": "an approver at the desk",
    "l": "a planner at the desk",
    "d": "an administrator at the desk",
}
KEYS, NOBODY_LIVE = "SHP", ""
ALL, SENDERS, HOSTS, PLANNERS = "SHPpcavld", "Spd", "Hpd", "Pl"
READERS, OFFICERS, HANDLERS = ALL, "cld", "Spcld"
COORDINATORS = "cd"
MAY = {
    "get me/": ALL,
    "get keys/": KEYS,
    "get keys/<str:key>/": KEYS,
    "post keys/": KEYS,
    "post keys/<str:key>/rotate/": KEYS,
    "delete keys/<str:key>/": KEYS,
    "get sandbox/": NOBODY_LIVE,
    "get sandbox/<pk>/": NOBODY_LIVE,
    "post sandbox/": NOBODY_LIVE,
    "post sandbox/<pk>/close/": NOBODY_LIVE,
    "post sandbox/<pk>/place/": NOBODY_LIVE,
    "post sandbox/<pk>/counterpart/": NOBODY_LIVE,
    "get institutions/": READERS,
    "get institutions/<pk>/": READERS,
    "get programs/": READERS,
    "get programs/<pk>/": READERS,
    "get intakes/": READERS,
    "get intakes/<pk>/": READERS,
    "get slots/": READERS,
    "get slots/<pk>/": READERS,
    "post slots/": HOSTS,
    "patch slots/<pk>/": HOSTS,
    "get slots/<pk>/candidates/": HOSTS,
    "get pathways/": READERS,
    "get pathways/<pk>/": READERS,
    "get agreements/": READERS,
    "get agreements/<pk>/": READERS,
    "get quotas/": "Pcavld",
    "get quotas/<pk>/": "Pcavld",
    "post quotas/": "cd",
    "patch quotas/<pk>/": "cd",
    "delete quotas/<pk>/": "cd",
    "get funding-rules/": "Pcavld",
    "get funding-rules/<pk>/": "Pcavld",
    "post funding-rules/": "cld",
    "patch funding-rules/<pk>/": "cld",
    "delete funding-rules/<pk>/": "cld",
    "get pins/": "Pcavld",
    "get pins/<pk>/": "Pcavld",
    "post pins/": "Pcld",
    "delete pins/<pk>/": "Pcld",
    "get group-pins/": "Pcavld",
    "get group-pins/<pk>/": "Pcavld",
    "post group-pins/": "Pcld",
    "patch group-pins/<pk>/": "Pcld",
    "delete group-pins/<pk>/": "Pcld",
    "get objective-profiles/": "Pcavld",
    "get objective-profiles/<pk>/": "Pcavld",
    "get profile-conditions/": "Pcavld",
    "get profile-conditions/<pk>/": "Pcavld",
    "post profile-conditions/": "d",
    "patch profile-conditions/<pk>/": "d",
    "delete profile-conditions/<pk>/": "d",
    "get fee-waivers/": READERS,
    "get fee-waivers/<pk>/": READERS,
    "post fee-waivers/": "d",
    "patch fee-waivers/<pk>/": "d",
    "delete fee-waivers/<pk>/": "d",
    "get participants/": "SPpcavld",
    "get participants/<pk>/": "SPpcavld",
    "get participants/<pk>/everything/": OFFICERS,
    "post participants/": SENDERS,
    "post participants/bulk/": SENDERS,
    "get jobs/": SENDERS,
    "get jobs/<pk>/": SENDERS,
    "get jobs/<pk>/results/": SENDERS,
    "patch participants/<pk>/": SENDERS,
    "post participants/<pk>/restrict/": OFFICERS,
    "post participants/<pk>/lift/": OFFICERS,
    "get rights-requests/": HANDLERS,
    "get rights-requests/<pk>/": HANDLERS,
    "post rights-requests/": HANDLERS,
    "post rights-requests/<pk>/answer/": OFFICERS,
    "get consents/": HANDLERS,
    "get consents/<pk>/": HANDLERS,
    "post consents/": HANDLERS,
    "post consents/<pk>/withdraw/": HANDLERS,
    "get nominations/": READERS,
    "get nominations/<pk>/": READERS,
    "get nominations/<pk>/eligibility/": "SPpcavld",
    "get nominations/<pk>/reasons/": "SPpcavld",
    "post nominations/": SENDERS,
    "post nominations/bulk/": SENDERS,
    "post nominations/<pk>/withdraw/": SENDERS,
    "put nominations/<pk>/preferences/": SENDERS,
    "get host-ratings/": "HPpcavld",
    "get host-ratings/<pk>/": "HPpcavld",
    "post host-ratings/": HOSTS,
    "get placements/": READERS,
    "get placements/<pk>/": READERS,
    "get placements/<pk>/transcript/": READERS,
    "put placements/<pk>/transcript/": HOSTS,
    "get placements/<pk>/changes/": READERS,
    "post placements/<pk>/changes/": "SHpd",
    "get placement-changes/": READERS,
    "get placement-changes/<pk>/": READERS,
    "post placement-changes/<pk>/agree/": "SHpd",
    "post placement-changes/<pk>/refuse/": "SHpd",
    "post placement-changes/<pk>/withdraw/": "SHpd",
    "get placement-conditions/": READERS,
    "get placement-conditions/<pk>/": READERS,
    "post placement-conditions/<pk>/extend/": COORDINATORS,
    "post placement-conditions/<pk>/waive/": COORDINATORS,
    "post placements/<pk>/accept/": SENDERS,
    "post placements/<pk>/decline/": SENDERS,
    "post placements/<pk>/depart/": SENDERS,
    "post placements/<pk>/confirm/": HOSTS,
    "post placements/<pk>/reject/": HOSTS,
    "post placements/<pk>/arrive/": HOSTS,
    "post placements/<pk>/complete/": HOSTS,
    "post placements/<pk>/end-early/": HOSTS,
    "post placements/<pk>/no-show/": HOSTS,
    "get allocation-runs/": "Pcavld",
    "get allocation-runs/<pk>/": "Pcavld",
    "get allocation-runs/<pk>/explanations/": "Pcavld",
    "get allocation-runs/<pk>/limits/": "Pcavld",
    "get allocation-runs/<pk>/proposals/": "Pcavld",
    "get allocation-runs/<pk>/reserves/": "Pcavld",
    "get scenarios/": "Pcavld",
    "get scenarios/<pk>/": "Pcavld",
    "get what-ifs/": "Pcavld",
    "get what-ifs/<pk>/": "Pcavld",
    "post allocation-runs/": PLANNERS,
    "post what-ifs/": PLANNERS,
    "post allocation-runs/<pk>/cancel/": PLANNERS,
    "post allocation-runs/<pk>/replan/": PLANNERS,
    "get event-kinds/": ALL,
    "get event-kinds/<str:kind>/": ALL,
    "get events/": ALL,
    "get webhook-endpoints/": "SHPpld",
    "get webhook-endpoints/<pk>/": "SHPpld",
    "post webhook-endpoints/": "SHPpld",
    "patch webhook-endpoints/<pk>/": "SHPpld",
    "delete webhook-endpoints/<pk>/": "SHPpld",
    "post webhook-endpoints/<pk>/rotate-secret/": "SHPpld",
    "post webhook-endpoints/<pk>/ping/": "SHPpld",
    "post webhook-endpoints/<pk>/replay/": "SHPpld",
    "get webhook-deliveries/": "SHPpld",
    "get webhook-deliveries/<pk>/": "SHPpld",
    "post webhook-deliveries/<pk>/replay/": "SHPpld",
}
"""Who may call an operation at all; whose rows they reach is another question."""
EVERYBODYS = "reference/"
NOBODYS = {
    "allocation-runs", "scenarios", "sandbox", "what-ifs", "fee-waivers",
    "objective-profiles", "profile-conditions",
}  # fmt: skip
"""Rows that belong to no institution: whoever may read such rows at all reads them."""
MISSING = uuid.uuid4()


def operations():
    """Return "method route/" of all that the router serves, reference data apart."""
    found = [
        f"{method} {str(url.pattern).replace('<uuid:pk>', '<pk>')}"
        for url in [*router.urls, *singles]
        for method in url.callback.actions
    ]
    return [each for each in found if EVERYBODYS not in each and "head" not in each]


def call(caller, operation, pk=MISSING):
    method, path = operation.split()
    path = path.replace("<pk>", str(pk)).replace("<str:kind>", "intake.open")
    path = path.replace("<str:key>", "abcdefgh")
    return caller.send(method, path, {}, If_Match='"v1"')


@pytest.fixture
def callers(sender, host, planner):
    """Return one caller of each sort, none of whom owns anything."""
    desk = {
        "p": factories.partner(),
        "c": factories.coordinator(of=factories.ministry.make()),
        "a": factories.auditor(),
        "v": factories.approver(),
        "l": factories.planner(),
        "d": factories.administrator(),
    }
    found = {"S": sender, "H": host, "P": planner}
    for letter, user in desk.items():
        found[letter] = Caller()
        found[letter].force_login(user)
    assert set(found) == set(CALLERS)
    return found


def test_the_table_names_every_operation():
    assert set(operations()) == set(MAY)


def test_each_operation_is_open_to_whom_the_table_says(callers):
    wrong = []
    for operation in operations():
        for letter, caller in callers.items():
            status = call(caller, operation).status_code
            assert status < 500, (operation, CALLERS[letter])
            if (status != 403) != (letter in MAY[operation]):
                wrong.append((operation, CALLERS[letter], status))
    assert wrong == []


def test_nobody_else_is_let_in(call_as):
    revoked = call_as(factories.institution.make(), "nominate", "host", "plan")
    InstitutionKey.objects.update(revoked=True)
    for operation in operations():
        assert call(Caller(), operation).status_code == 401, operation
    wrong = [call(revoked, operation).status_code for operation in operations()]
    assert set(wrong[:20]) == {401}
    assert set(wrong[20:]) == {429}


OVERSEE = {"P", "a", "v", "l", "d"}
"""Callers who read everything."""


def test_what_is_anothers_does_not_exist(callers, foreign):  # noqa: F811
    """A foreign id and a missing one answer the same, whatever is done with it."""
    rows = [each for each in operations() if "<pk>" in each]
    for operation in rows:
        prefix = operation.split()[1].split("/")[0]
        if foreign.get(prefix) is None:
            assert prefix in NOBODYS
            continue
        for letter in set(callers) - OVERSEE:
            theirs = call(callers[letter], operation, foreign[prefix].pk)
            missing = call(callers[letter], operation)
            assert theirs.status_code == missing.status_code
            assert theirs.status_code in (403, 404), (operation, CALLERS[letter])
            told = [{**each.json(), "request_id": ""} for each in (theirs, missing)]
            assert told[0] == told[1], (operation, CALLERS[letter])
