"""What the fault test of a list does in a process of its own.

As ``tests.faults.actions``: each action prints one line of JSON.
"""

import json
import os
import signal
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
WRONG = 7
"""Every so many-th row is one that is refused."""


def send(number):
    """Send a list of people, as a partner's key would, every seventh one wrong."""
    from django.utils import timezone

    from api.authentication import Principal
    from api.bulk import jobs
    from api.models import InstitutionKey
    from programs.models import Participant

    known = Participant.objects.select_related("home_institution").first()
    sender = known.home_institution
    key, _secret = InstitutionKey.objects.create_key(
        name="list", institution=sender, scopes=["nominate"]
    )
    person = {
        "given_name": "Suharti",
        "birth_date": "2001-05-20",
        "sex": "F",
        "citizenship": known.citizenship_id,
        "home_institution": str(sender.pk),
        "isced_f": "0714",
    }
    rows = [
        {**person, "code": f"ROW-{at}", "kkni": 5 if at % WRONG else 99}
        for at in range(int(number))
    ]
    job = jobs.ask(
        kind="participants", rows=rows, by=Principal(key), now=timezone.now()
    )
    return {"job": str(job.pk)}


def strike(number, worker):
    """Send a list and kill its worker, all of its session, in the middle of it."""
    from planner.models import BulkJob

    job = send(number)["job"]

    def done():
        return BulkJob.objects.values_list("num_done", flat=True).get(pk=job)

    while not done():
        time.sleep(0.005)
    time.sleep(0.05)  # the next batch is under way
    os.killpg(int(worker), signal.SIGKILL)
    return {"job": job, "done": done()}


def state(job):
    """Tell how a list stands, and what it has made."""
    from planner.models import BulkJob, BulkRow
    from programs.models import AuditEvent, Event, Participant

    found = BulkJob.objects.get(pk=job)
    rows = BulkRow.objects.filter(job=job)
    made = dict(rows.filter(status=201).values_list("index", "made"))
    known = Participant.objects.filter(code__startswith="ROW-")
    people = dict(known.values_list("code", "pk"))
    ids = [str(pk) for pk in people.values()]
    return {
        "state": found.state,
        "attempt": found.attempt,
        "told": [found.num_done, found.num_made],
        "results": rows.exclude(status=None).count(),
        "refused": rows.filter(status__gte=400).count(),
        "people": len(people),
        "strangers": sum(people[f"ROW-{at}"] != pk for at, pk in made.items()),
        "made": len(made),
        "events": Event.objects.filter(kind="participant.registered").count(),
        "trail": AuditEvent.objects.filter(object_id__in=ids).count(),
    }


if __name__ == "__main__":
    import django

    django.setup()
    action = {each.__name__: each for each in (strike, state)}[sys.argv[1]]
    print(json.dumps(action(*sys.argv[2:])))
