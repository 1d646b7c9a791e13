"""A season as a sender, its host and a planner, with the generated Python client.

Every answer is decoded by the client, and what it decoded is written out again: where
that is not what was sent, something was lost or is not in the description.
"""

import datetime
import json
import os
import re
import uuid

from attrs import has
from talent_exchange_client import AuthenticatedClient, models
from talent_exchange_client.api.allocation_runs import (
    allocation_runs_explanations_list,
    allocation_runs_limits_list,
    allocation_runs_list,
    allocation_runs_proposals_list,
    allocation_runs_reserves_list,
    allocation_runs_retrieve,
)
from talent_exchange_client.api.events import events_list
from talent_exchange_client.api.host_ratings import host_ratings_create
from talent_exchange_client.api.intakes import intakes_list
from talent_exchange_client.api.keys import keys_create
from talent_exchange_client.api.me import me_retrieve
from talent_exchange_client.api.nominations import (
    nominations_bulk_create,
    nominations_create,
    nominations_eligibility_list,
    nominations_list,
    nominations_preferences_update,
    nominations_reasons_retrieve,
    nominations_retrieve,
    nominations_withdraw_create,
)
from talent_exchange_client.api.participants import (
    participants_create,
    participants_list,
)
from talent_exchange_client.api.placements import (
    placements_accept_create,
    placements_complete_create,
    placements_confirm_create,
    placements_decline_create,
    placements_depart_create,
    placements_list,
    placements_retrieve,
)
from talent_exchange_client.api.sandbox import (
    sandbox_counterpart_create,
    sandbox_create,
    sandbox_place_create,
)
from talent_exchange_client.api.scenarios import scenarios_list
from talent_exchange_client.api.slots import slots_candidates_list, slots_list

ASKED = os.environ


def client(key):
    """Return a client with the key of this name."""
    return client_with(ASKED[key])


def client_with(secret):
    """Return a client with a key; a status the description lacks is an error."""
    return AuthenticatedClient(
        ASKED["ADDRESS"],
        token=secret,
        prefix="Api-Key",
        raise_on_unexpected_status=True,
        headers={"Accept-Language": "id"},
    )


def call(operation, status, **arguments):
    """Call an operation; return its decoded answer and its headers, both checked."""
    answer = operation.sync_detailed(**arguments)
    assert answer.status_code == status, (status, answer.status_code, answer.content)
    sent = json.loads(answer.content)
    assert plain(answer.parsed) == normal(sent), (plain(answer.parsed), sent)
    return answer.parsed, answer.headers


def plain(decoded):
    """Return what was decoded as JSON; nothing may be left that was not described."""
    if isinstance(decoded, list):
        return [plain(item) for item in decoded]
    require_described(decoded)
    return normal(decoded.to_dict())


def require_described(decoded):
    """Refuse fields that the client put aside because it knows none of their name."""
    if isinstance(decoded, list):
        for item in decoded:
            require_described(item)
    elif has(type(decoded)) and type(decoded).__name__ not in FREE:
        extra = getattr(decoded, "additional_properties", {})
        assert not extra, (type(decoded).__name__, extra)
        for field in decoded.__attrs_attrs__:
            if field.name != "additional_properties":
                require_described(getattr(decoded, field.name))


FREE = {"ReasonParams", "WhyNotParams", "RuleToldParams"}
"""Facts behind a sentence: each code has its own."""


MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T")


def normal(data):
    """Return JSON with moments of one spelling."""
    if isinstance(data, dict):
        return {key: normal(value) for key, value in data.items()}
    if isinstance(data, list):
        return [normal(value) for value in data]
    if isinstance(data, str) and MOMENT.match(data):
        return datetime.datetime.fromisoformat(data).isoformat()
    return data


def pages(operation, **arguments):
    """Return all rows of a list, one a page, by its own links."""
    rows, cursor = [], {}
    while True:
        page, _headers = call(operation, 200, page_size=1, **cursor, **arguments)
        rows += page.results
        if page.next_ is None:
            return rows
        cursor = {"cursor": page.next_.partition("cursor=")[2].partition("&")[0]}
        cursor = {"cursor": cursor["cursor"].replace("%3D", "=")}


def wait(word):
    """Say how far the walk has come, and wait until the server side has gone on."""
    print(word, flush=True)
    assert input() == "GO"


def register(sender, number, home=None):
    """Register a person, twice with one key: the second time nothing is done."""
    body = models.ParticipantRegistrationRequest(
        code=f"{ASKED['NAME']}-{number}",
        given_name="Sri",
        birth_date=datetime.date(2003, 5, 17),
        sex=models.Sex("F"),
        citizenship="ID",
        home_institution=home or uuid.UUID(ASKED["HOME"]),
        kkni=5,
        isced_f="0714",
    )
    again = {"client": sender, "body": body, "idempotency_key": f"person-{number}"}
    person, _headers = call(participants_create, 201, **again)
    same, headers = call(participants_create, 201, **again)
    assert same == person
    assert headers["Idempotency-Replayed"] == "true"
    return person


def nominate(sender):
    """Register four people, nominate them, rank, ask, and take one back."""
    intakes, _headers = call(intakes_list, 200, client=sender, code="SEASON")
    [intake] = intakes.results
    slot = uuid.UUID(ASKED["SLOT"])
    people = [register(sender, number) for number in range(4)]
    assert len(pages(participants_list, client=sender)) == len(people)
    made = [
        call(
            nominations_create,
            201,
            client=sender,
            body=models.WriteNominationRequest(
                participant=person.id, intake=intake.id, preferences=[]
            ),
        )
        for person in people[:3]
    ]
    for nomination, headers in made:
        assert headers["Location"].endswith(f"/nominations/{nomination.id}/")
        ranked, _headers = call(
            nominations_preferences_update,
            200,
            client=sender,
            id=nomination.id,
            body=models.WritePreferencesRequest(preferences=[slot]),
            if_match=headers["ETag"],
        )
        assert ranked.preferences == [slot]
    bulk = models.BulkNominationsRequest(
        nominations=[
            models.NominationInListRequest(
                participant=person.id, intake=intake.id, preferences=[slot]
            )
            for person in people[2:]
        ]
    )
    result, _headers = call(nominations_bulk_create, 200, client=sender, body=bulk)
    assert [row.status for row in result.results] == [409, 201]
    first = made[0][0].id
    verdicts, _headers = call(
        nominations_eligibility_list, 200, client=sender, id=first
    )
    assert verdicts[0].verdict == models.VerdictWord("eligible")
    call(
        nominations_withdraw_create,
        200,
        client=sender,
        id=first,
        body=models.WithdrawalRequest(reason="found work"),
    )
    call(nominations_retrieve, 404, client=sender, id=uuid.uuid4())
    slots, _headers = call(slots_list, 200, client=sender, intake=intake.id)
    assert slots.results


def rate(host):
    """Give every candidate of the own slot a score."""
    candidates, _headers = call(
        slots_candidates_list, 200, client=host, id=uuid.UUID(ASKED["SLOT"])
    )
    rows = getattr(candidates, "results", candidates)
    assert len(rows) == 3
    for number, candidate in enumerate(rows):
        body = models.WriteHostRatingRequest(
            nomination=candidate.nomination,
            slot=uuid.UUID(ASKED["SLOT"]),
            score=90 - number,
        )
        call(host_ratings_create, 201, client=host, body=body)


def step(caller, operation, placement, status=200, **body):
    """Make a step of a placement, to what was read just before."""
    _seen, headers = call(placements_retrieve, 200, client=caller, id=placement.id)
    answer, _headers = call(
        operation,
        status,
        client=caller,
        id=placement.id,
        body=models.MoveRequest(**body),
        if_match=headers["ETag"],
    )
    return answer


def answer_offers(sender, host):
    """Accept one place and have it confirmed, give the other back."""
    places = pages(placements_list, client=sender)
    assert 1 <= len(places) <= 2, len(places)
    accepted = step(sender, placements_accept_create, places[0])
    assert accepted.state == models.PlacementState("accepted")
    confirmed = step(host, placements_confirm_create, places[0])
    assert confirmed.state == models.PlacementState("confirmed")
    problem = step(host, placements_complete_create, places[0], 409)
    early = step(sender, placements_depart_create, places[0], 409)
    assert early.type_ == "/problems/too-early"
    assert problem.type_.startswith("/problems/")
    for other in places[1:]:
        step(sender, placements_decline_create, other, reason="family")


def follow(caller, *wanted):
    """Read all events, page after page; each of these kinds is among them."""
    told = pages(events_list, client=caller, after=0)
    assert [event.sequence for event in told] == sorted(e.sequence for e in told)
    kinds = {str(event.kind) for event in told}
    assert set(wanted) <= kinds, kinds


def look(planner):
    """Read the plan as a planner's own system does."""
    runs, _headers = call(allocation_runs_list, 200, client=planner)
    run, _headers = call(
        allocation_runs_retrieve, 200, client=planner, id=runs.results[0].id
    )
    assert run.summary.cost.currency == "IDR"
    call(allocation_runs_explanations_list, 200, client=planner, id=run.id)
    _limits, headers = call(allocation_runs_limits_list, 200, client=planner, id=run.id)
    assert headers["Deprecation"].startswith("@")
    proposed, _headers = call(
        allocation_runs_proposals_list, 200, client=planner, id=run.id
    )
    assert proposed.results[0].funding[0].amount.currency == "IDR"
    call(allocation_runs_reserves_list, 200, client=planner, id=run.id)
    call(scenarios_list, 200, client=planner)


def ask_why(sender):
    """Read how the plan ended for each nominee; who waits is told where."""
    told = [
        call(nominations_reasons_retrieve, 200, client=sender, id=row.id)[0]
        for row in pages(nominations_list, client=sender)
    ]
    assert any(one.published_at for one in told)


def try_out(sender):
    """Walk a whole season alone, in the sandbox, with a test key of one's own."""
    body = models.WriteKeyRequest(
        name="tryout",
        scopes=[models.Scope("nominate")],
        mode=models.KeyMode("test"),
    )
    made, _headers = call(keys_create, 201, client=sender, body=body)
    tester = client_with(made.secret)
    me, _headers = call(me_retrieve, 200, client=tester)
    assert me.mode == models.KeyMode("test")
    season, _headers = call(sandbox_create, 201, client=tester)
    person = register(tester, 9, home=me.institution.id)
    body = models.WriteNominationRequest(
        participant=person.id, intake=season.id, preferences=season.slots
    )
    mine, _headers = call(nominations_create, 201, client=tester, body=body)
    placed, _headers = call(sandbox_place_create, 200, client=tester, id=season.id)
    assert placed.placements
    [place] = pages(placements_list, client=tester, nomination=mine.id)
    assert step(tester, placements_accept_create, place).state == "accepted"
    call(sandbox_counterpart_create, 200, client=tester, id=season.id)
    assert step(tester, placements_depart_create, place).state == "departed"
    call(sandbox_counterpart_create, 200, client=tester, id=season.id)
    kinds = ("offered", "accepted", "confirmed", "departed", "arrived")
    follow(tester, *(f"placement.{kind}" for kind in kinds))
    live = {row.id for row in pages(nominations_list, client=sender)}
    assert mine.id not in live


def main():
    """Walk."""
    sender, host = client("SENDER_KEY"), client("HOST_KEY")
    nominate(sender)
    follow(sender, "participant.registered", "application.submit")
    wait("NOMINATED")
    rate(host)
    wait("RATED")
    answer_offers(sender, host)
    ask_why(sender)
    follow(host, "placement.offered", "placement.accepted", "placement.confirmed")
    look(client("PLAN_KEY"))
    try_out(sender)
    print("DONE", flush=True)


main()
