"""Measures the commonest calls of the API beside views by hand: ``make speed``.

In an empty database, which DATABASE_URL names; it is filled and left. Leaves with 1
where a call takes more than one and a half times the processor time.
"""

import argparse
import os
import re

import django


def main():
    """Fill the database if it is empty, measure, and print a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ["API_READ_RATE"] = "1000000/min"
    if not os.environ.get("DATABASE_URL"):
        raise SystemExit("Set DATABASE_URL to an empty database; it will be filled.")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--placements", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ROOT_URLCONF = "tests.speed.calls"
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    return report(*key_of(options.placements), options.rounds)


def key_of(placements):
    """Return (secret, institution) of a sender in the filled database."""
    from api.models import InstitutionKey
    from programs.models import Placement

    from . import world

    if not Placement.objects.exists():
        return world.make(placements)
    institution = InstitutionKey.objects.get(name="speed").institution
    _key, secret = InstitutionKey.objects.create_key(
        name="again", institution=institution, scopes=["nominate"]
    )
    return secret, institution


def report(secret, institution, rounds):
    """Print a row a call; return 1 where one is over its limit."""
    from . import calls

    print("| call | API ms | by hand ms | times | queries | by hand |")
    print("|---|---|---|---|---|---|")
    is_over = 0
    for call, api, hand, asked in calls.measure(secret, institution, rounds):
        name = re.sub("[0-9a-f-]{36}", "{id}", call)
        times = api / hand
        is_over |= times > calls.MOST
        print(
            f"| `{name}` | {api:.1f} | {hand:.1f} | {times:.2f} "
            f"| {asked[0]} | {asked[1]} |"
        )
    return is_over


if __name__ == "__main__":
    raise SystemExit(main())
