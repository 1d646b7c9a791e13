"""The whole document: guide, servers, tags, components, events."""

from pathlib import Path

from api import deprecations

from . import events, problems, shapes
from .headers import HEADERS

GUIDE = (
    (Path(__file__).parents[1] / "guide.md")
    .read_text(encoding="utf-8")
    .replace("<!-- deprecations -->\n", deprecations.table())
)
"""What stands at the head of /api/docs: enough to connect without asking anybody."""
TAGS = {
    "me": "Who is calling: the first thing to ask for.",
    "keys": "The own keys: made, replaced and withdrawn by whoever has one.",
    "sandbox": "Seasons to try everything with, for test keys.",
    "institutions": "The own institution, and those that own rows refer to.",
    "programs": "What there is: schemes of cooperation with their goals.",
    "intakes": "Runs of a program with their dates and states.",
    "slots": "Places that hosts offer, and the people who asked for them.",
    "pathways": "Chains of slots that are asked for as one.",
    "agreements": "Signed frames with their caps, and what is used of them.",
    "participants": "People of the own institution.",
    "nominations": "Who wishes to take part in what, and who may.",
    "jobs": "Lists of people and nominations, and what became of each row.",
    "host-ratings": "What hosts think of candidates, until the decision.",
    "rights-requests": "What people ask for about their data, and a human's answer.",
    "consents": "What people consent to, with evidence, until it is withdrawn.",
    "placements": "What was decided, and each step since.",
    "placement-changes": "Other days or another slot for a stay, by consent.",
    "placement-conditions": "What conditional places wait for, and until which day.",
    "allocation-runs": "Proposals for planners: asked for, watched, explained.",
    "scenarios": "What runs may be asked to suppose.",
    "quotas": "At least, at most or a share of whom a condition says, for officers.",
    "funding-rules": "Who may pay which share of a cost, and for whom.",
    "pins": "One person gets, or never gets, one slot or pathway.",
    "group-pins": "Whoever meets a condition gets, or never gets, certain places.",
    "objective-profiles": "What a place is worth in plans.",
    "profile-conditions": "Points for whoever meets a condition.",
    "fee-waivers": "What workers may never be charged.",
    "what-ifs": "This person there, this limit higher: what would follow?",
    "event-kinds": "What events there are.",
    "events": "What happened to the caller's things, in order.",
    "webhook-deliveries": "What was sent to the addresses, and how it went.",
    "webhook-endpoints": "Addresses that are told of events.",
    "reference": "Codes everybody shares: countries, regions, skills, languages.",
}
SERVERS = [
    {"url": "/", "description": "The installation that this description comes from."},
    {
        "url": "https://{host}",
        "description": "Another installation, by its name.",
        "variables": {"host": {"default": "localhost:8000"}},
    },
]
LICENSE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}


def describe_all(result, generator, request, public):
    """Add to the document of the views what belongs to no view."""
    result["info"]["description"] = GUIDE
    result["info"]["license"] = LICENSE
    result["servers"] = SERVERS
    result["tags"] = [
        {"name": name, "description": text} for name, text in TAGS.items()
    ]
    components = result["components"]
    components["headers"] = HEADERS
    components["responses"] = problems.responses()
    schemas = components.setdefault("schemas", {})
    shapes.settle(schemas, sent=shapes.names_sent(result["paths"], schemas))
    deprecations.mark(schemas)
    schemas["Problem"] = problems.PROBLEM
    schemas["ProblemError"] = problems.PROBLEM_ERROR
    schemas |= events.schemas()
    components["schemas"] = dict(sorted(schemas.items()))
    result["webhooks"] = events.webhooks()
    return result
