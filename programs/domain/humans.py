"""One human: which registrations are of the same one, whoever made them.

A NIK, a passport with its citizenship, or the word of an officer makes registrations
one. Where they form a chain (a NIK here, the NIK and a passport there, the passport
alone elsewhere) each is ``linked`` to the first of the chain's ids, so that one column,
``human_key``, tells one human from another in rules, plans, money and triggers.
"""

from collections import defaultdict
from zlib import crc32

from django.db import connection
from django.db.models import Q

from programs.models import Participant

from . import bulk, states

BUCKETS = 64
"""Locks that registrations share: those of one human meet in one of them."""
IDS = ("nik_hash", "passport_hash", "joined")
"""What makes two registrations one human, the first the one that gives the key."""
LOCK = 0x68756D61  # "huma"
LOCKS = """
    SELECT CASE WHEN alone THEN pg_advisory_xact_lock(%s, bucket)::text
           ELSE pg_advisory_xact_lock_shared(%s, bucket)::text END
    FROM (SELECT bucket, alone FROM unnest(%s::int[], %s::bool[]) AS t (bucket, alone)
          ORDER BY bucket) AS wanted
"""
"""All of them in one statement, always in the same order."""


def hold(people):
    """Let nobody else register these humans until the transaction ends.

    With a NIK alone two may register at once: both get the key of the NIK. A passport
    can make one human of two, so it is alone.
    """
    if connection.vendor != "postgresql":
        return
    wanted = {}
    for person in people:
        for known in filter(None, (getattr(person, name) for name in IDS)):
            bucket = crc32(known.encode()) % BUCKETS
            alone = bool(person.passport_hash or person.joined)
            wanted[bucket] = wanted.get(bucket, False) or alone
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(LOCKS, [LOCK, LOCK, list(wanted), list(wanted.values())])


def link(people, *, before=()):
    """Give the registrations of each of these humans one key, within a transaction.

    Parameters
    ----------
    people: registrations as they are stored now. before: keys they had until now;
        what a corrected id held together is judged anew.
    """
    for some in states.batches(list(people), bulk.BATCH):
        _link(_chain(some, set(before)))


def link_all():
    """Judge every registration anew, after the keys of the hashes have changed."""
    known = Participant.objects.exclude(passport_hash="", joined="", linked="")
    link(known.only("pk", "linked", *IDS))


def _chain(people, before):
    """Return {pk: row} of all registrations that share an id, directly or by others."""
    found = {}
    asked = {name: set() for name in IDS}
    wanted = {name: {getattr(one, name) for one in people} - {""} for name in IDS}
    condition = Q(human_key__in=before - {""}) if before - {""} else Q(pk__in=())
    while True:
        for name in IDS:
            new = wanted[name] - asked[name]
            if new:
                condition |= Q(**{f"{name}__in": new})
            asked[name] |= new
        for row in Participant.objects.filter(condition).only("pk", "linked", *IDS):
            found[row.pk] = row
            for name in IDS:
                wanted[name] |= {getattr(row, name)} - {""}
        condition = Q(pk__in=())
        if all(wanted[name] <= asked[name] for name in IDS):
            return found


def _link(rows):
    """Write the key of each chain where the own ids of a row say another."""
    root = {pk: pk for pk in rows}

    def top(pk):
        while root[pk] != pk:
            root[pk] = root[root[pk]]
            pk = root[pk]
        return pk

    first = {}
    for pk, row in rows.items():
        for known in ((name, getattr(row, name)) for name in IDS):
            if known[1]:
                root[top(pk)] = top(first.setdefault(known, pk))
    chains = defaultdict(list)
    for pk in rows:
        chains[top(pk)].append(rows[pk])
    changed = defaultdict(list)
    for chain in chains.values():
        key = _key_of(chain)
        for row in chain:
            own = row.nik_hash or row.passport_hash or row.joined
            linked = "" if own == key else key
            if linked != row.linked:
                changed[linked].append(row.pk)
    for linked, ids in changed.items():
        Participant.objects.filter(pk__in=ids).update(linked=linked)


def _key_of(chain):
    """Return the id that stands for a chain: the least of the best kind it has."""
    for name in IDS:
        if known := {getattr(row, name) for row in chain} - {""}:
            return min(known)
    return ""
