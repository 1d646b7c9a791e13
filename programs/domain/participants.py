"""People: registered and corrected by the institution that knows them.

One person or a file of them: the same checks, trail and events. The verbs for many
take ``Entry`` rows; those for one make a single entry.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import StudyStatus
from programs.days import day_of
from programs.event_kinds import EventKind
from programs.models import (
    Availability,
    Education,
    Employment,
    LanguageCertificate,
    Participant,
    PersonFact,
    Region,
    SkillClaim,
)
from programs.refusals import Refusal
from programs.roles import Permission, Role

from . import (
    audit,
    awaited,
    bulk,
    checks,
    claims,
    events,
    facts,
    humans,
    identities,
    states,
    transactions,
)
from .actors import coordinates, forbidden

REGIONS = {"province", "regency"}
"""Where a person is from; the two have to agree."""
OLDEST = date(1910, 1, 1)
"""Nobody who takes part was born before."""


@dataclass
class Entry:
    """A person as the record is to be.

    Parameters
    ----------
    person: a new row, or one that was read and changed in memory.
    changed: names of the fields of a known person that change.
    skills, languages, availability, education, employment, facts, sensitive_facts:
        unsaved rows in the place of those there are; ``None`` leaves them alone.
    """

    person: Participant
    changed: tuple = ()
    skills: list | None = None
    languages: list | None = None
    availability: list | None = None
    education: list | None = None
    employment: list | None = None
    facts: list | None = None
    sensitive_facts: list | None = None

    @property
    def is_new(self):
        """Whether the person is not registered yet."""
        return self.person._state.adding

    @cached_property
    def faults(self):
        """Refusals of the values by themselves: found once, an entry stays as it is."""
        refusals = list(checks.of_fields(self.person))
        for name, key_of in KEYS.items():
            refusals += _of_list(name, getattr(self, name) or (), key_of)
        return refusals


@transactions.verb
def register(*, by, now, registered_by=None, **fields):
    """Register a person, with skills and certificates.

    Somebody another institution already knows is registered all the same, and the
    trail tells the officers: an error here would tell one partner about another's
    people.

    Parameters
    ----------
    fields: columns of the person, and lists of dicts by the names of ``MODELS``.
    """
    institution_id = registered_by.pk if registered_by else own_institution(by)
    entry = new_entry(registered_by_id=institution_id, **fields)
    register_many(entries=[entry], by=by, now=now)
    return entry.person


def new_entry(*, registered_by_id, **fields):
    """Return the entry of a new person; see ``register``."""
    lists = {name: fields.pop(name) for name in MODELS if name in fields}
    person = Participant(registered_by_id=registered_by_id, **fields)
    return Entry(person, **_made(person, lists))


def register_many(*, entries, by, now):
    """Register new people, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    checks.require(problems(entries, by=by, now=now))
    people = [entry.person for entry in entries]
    with transactions.atomic():
        humans.hold(people)
        bulk.insert(people, by=by, now=now)
        humans.link(people)
        _replace_lists(entries, by, now)
        told = [(person, None) for person in people]
        _tell(
            AuditAction.PARTICIPANTS_REGISTER,
            EventKind.PARTICIPANT_REGISTERED,
            told,
            of_ids=people,
            by=by,
            now=now,
        )
    return people


@transactions.verb
def update(*, participant, by, now, **changes):
    """Correct a person's record; lists that are given replace the ones before.

    Parameters
    ----------
    changes: columns of the person, and lists of dicts by the names of ``MODELS``.
    """
    lists = {name: changes.pop(name) for name in MODELS if name in changes}
    for name, value in changes.items():
        setattr(participant, name, value)
    entry = Entry(participant, tuple(changes), **_made(participant, lists))
    change_many(entries=[entry], by=by, now=now)
    return participant


def change_many(*, entries, by, now):
    """Correct the records of people, all or none.

    Raises
    ------
    Refusal: the first that ``problems`` finds.
    """
    checks.require(problems(entries, by=by, now=now))
    people = [entry.person for entry in entries]
    with transactions.atomic():
        claims.claim(people=[person.pk for person in people])
        known = [
            each.person for each in entries if identities.PROVEN & set(each.changed)
        ]
        before = _keys_of(known)
        humans.hold(known)
        changes = [(entry.person, _columns(entry.changed)) for entry in entries]
        bulk.overwrite(changes, by=by, now=now)
        humans.link(known, before=before)
        # Read again with the rows: somebody may have been erased meanwhile.
        checks.require(checks.gather(_of_erased(entries)))
        _replace_lists(entries, by, now)
        awaited.look_again(person.pk for person in people)
        told = [(entry.person, {"changed": sorted(entry.changed)}) for entry in entries]
        _tell(
            AuditAction.PARTICIPANTS_UPDATE,
            EventKind.PARTICIPANT_UPDATED,
            told,
            of_ids=[
                each.person
                for each in entries
                if set(each.changed) & identities.IDENTITY
            ],
            by=by,
            now=now,
        )
    return people


def _columns(changed):
    """Return the columns that change with the fields: what is made of them too."""
    is_proven = identities.PROVEN & set(changed)
    return {*changed, *identities.MADE} if is_proven else set(changed)


def _keys_of(people):
    """Return the keys that humans have had until now."""
    rows = Participant.objects.filter(pk__in=[person.pk for person in people])
    return set(rows.values_list("human_key", flat=True)) if people else set()


def tell(person, *, changed, by, now):
    """Write trail and events of what a form of the desk has saved.

    Parameters
    ----------
    changed: names of the fields and lists that changed; ``None`` of a new person.
    """
    if changed is None:
        action, kind = (
            AuditAction.PARTICIPANTS_REGISTER,
            EventKind.PARTICIPANT_REGISTERED,
        )
    else:
        action, kind = AuditAction.PARTICIPANTS_UPDATE, EventKind.PARTICIPANT_UPDATED
    data = None if changed is None else {"changed": changed}
    if identities.PROVEN & set(changed or ()):
        made = {name: getattr(person, name) for name in identities.MADE}
        before = _keys_of([person])
        Participant.objects.filter(pk=person.pk).update(**made)
        humans.link([person], before=before)
    _tell(action, kind, [(person, data)], of_ids=[], by=by, now=now)


def problems(entries, *, by, now):
    """Return {place: refusals} of entries that may not be written as they are.

    Asks the database a number of questions that does not grow within a thousand rows.
    """
    proven = [
        (place, entry)
        for place, entry in enumerate(entries)
        if entry.is_new or identities.PROVEN & set(entry.changed)
    ]
    new = [(place, entry.person) for place, entry in enumerate(entries) if entry.is_new]
    places = [place for place, _person in new]
    return checks.gather(
        _of_registrar(entries, by),
        _of_erased(entries),
        _of_fields(entries),
        _of_regions(entries),
        _of_days(entries, day_of(now)),
        _of_facts(entries, by),
        (
            (places[place], refusal)
            for place, refusal in checks.of_codes(
                [person for _place, person in new], within=["registered_by_id"]
            )
        ),
        identities.of_people(proven),
    )


def own_institution(by):
    """Return the one institution somebody acts for.

    Raises
    ------
    Refusal: there is none, or several.
    """
    own = by.institution_ids(Role.PARTNER)
    if len(own) != 1:
        raise Refusal(
            "registrar-missing",
            _("Say which institution registers the person."),
            field="registered_by",
        )
    return own[0]


def _of_registrar(entries, by):
    """Yield a refusal for each person of an institution the actor may not act for."""
    if coordinates(by):
        return
    nominates = by.allows(Permission.NOMINATE)
    own = set(by.institution_ids(Role.PARTNER)) if nominates else set()
    for place, entry in enumerate(entries):
        given_away = "registered_by" in entry.changed
        if given_away or entry.person.registered_by_id not in own:
            yield (
                place,
                forbidden(_("This person was registered by another institution.")),
            )


def _of_erased(entries):
    for place, entry in enumerate(entries):
        if entry.person.erased_at is not None:
            yield place, checks.erased()
        elif entry.person.merged_into_id is not None:
            yield place, checks.merged()


def _of_fields(entries):
    for place, entry in enumerate(entries):
        for refusal in entry.faults:
            yield place, refusal


def _of_regions(entries):
    """Yield refusals of regions that are no province, or no regency of theirs.

    Quotas and costs count a person by the province: another level would count nowhere.
    """
    asked = {
        place: entry.person
        for place, entry in enumerate(entries)
        if entry.is_new or REGIONS & set(entry.changed)
    }
    provinces = _provinces_of(asked.values())
    for place, person in asked.items():
        for refusal in _of_region(person, provinces):
            yield place, refusal


def _of_region(person, provinces):
    if provinces.get(person.province_id) is not None:
        yield Refusal(
            "not-a-province",
            _("This is a regency or city; choose its province."),
            field="province",
        )
    province = provinces.get(person.regency_id, person.province_id)
    if person.regency_id and province is None:
        yield Refusal(
            "not-a-regency",
            _("This is a province; choose one of its regencies or cities, or none."),
            field="regency",
        )
    elif person.regency_id and person.province_id not in {None, province}:
        yield Refusal(
            "other-province",
            _("This is no regency or city of the person's province."),
            field="regency",
        )


def _provinces_of(people):
    """Return {code: code of its province, None of a province} of people's regions."""
    codes = {code for one in people for code in (one.province_id, one.regency_id)}
    rows = Region.objects.filter(pk__in=codes - {None}) if any(codes) else ()
    return {row.pk: row.parent_id for row in rows}


def _of_days(entries, today):
    """Yield refusals of days that have not been: of a birth, and of a test taken."""
    for place, entry in enumerate(entries):
        person = entry.person
        if entry.is_new or "birth_date" in entry.changed:
            for refusal in _of_past("birth_date", person.birth_date, OLDEST, today):
                yield place, refusal
        for refusal in _of_taken(entry.languages or (), today):
            yield place, refusal


def _of_facts(entries, by):
    """Yield refusals of what the ministry has defined: by whom, and of which kind."""
    told = [each for each in entries if any(getattr(each, name) for name in FACTS)]
    standing = facts.confirmed([entry.person for entry in told], by=by) if told else {}
    for place, entry in enumerate(entries):
        for name, is_sensitive in FACTS.items():
            of = {"is_sensitive": is_sensitive, "by": by, "standing": standing}
            for line, refusal in facts.of_list(getattr(entry, name) or (), **of):
                refusal.field = f"{name}/{line}/{refusal.field or 'fact'}"
                yield place, refusal


def _of_taken(papers, today):
    for line, paper in enumerate(papers):
        field = f"languages/{line}/taken_on"
        yield from _of_past(field, paper.taken_on, OLDEST, today)


def _of_past(field, day, first, today):
    if day is not None and not first <= day <= today:
        yield checks.out_of_range(field, first, today)


def of_list(name, rows, *, now):
    """Yield refusals of one list of a person, for a form that writes its lines itself.

    Each names the list, the line and its field.
    """
    yield from _of_list(name, rows, KEYS[name])
    if name == "languages":
        yield from _of_taken(rows, day_of(now))


def _of_list(name, rows, key_of):
    yield from checks.of_lines(name, rows, key_of)
    start, end = SPANS.get(name, (None, None))
    for place, row in enumerate(rows if start else ()):
        yield from checks.of_order(
            getattr(row, start),
            getattr(row, end),
            field=f"{name}/{place}/{end}",
            other=start,
            message=_("The end has to be after the start."),
            may_be_equal=name in FACTS,
        )
    for place, row in enumerate(rows if name == "education" else ()):
        yield from _of_study(f"{name}/{place}/graduated_on", row)


def _of_study(field, row):
    graduated = row.status == StudyStatus.GRADUATED
    if graduated != (row.graduated_on is not None):
        yield Refusal(
            "graduation",
            _("Who has graduated did so on a day, and nobody else did."),
            field=field,
        )


KEYS = {
    "skills": lambda row: row.skill_id,
    "languages": lambda row: (row.test, row.band, row.taken_on),
    "availability": lambda row: row.starts_on,
    "education": lambda row: (row.level, row.isced_f, row.institution),
    "employment": lambda row: (row.employer, row.starts_on),
    "facts": lambda row: (row.definition_id, row.valid_from),
    "sensitive_facts": lambda row: (row.definition_id, row.valid_from),
}
"""What a line of each list is known by; it may be there once."""
SPANS = {
    "languages": ("taken_on", "valid_to"),
    "availability": ("starts_on", "ends_on"),
    "employment": ("starts_on", "ends_on"),
    "facts": ("valid_from", "valid_to"),
    "sensitive_facts": ("valid_from", "valid_to"),
}
"""The two days of a line that have to be in order."""


def _keys(people):
    """Return {id: key of the human} of people with an id, as they are stored."""
    keys = {}
    ids = [one.pk for one in people if one.nik_hash or one.passport_hash]
    for some in states.batches(ids, bulk.BATCH):
        rows = Participant.objects.filter(pk__in=some)
        keys.update(rows.values_list("pk", "human_key"))
    return keys


MODELS = {
    "skills": SkillClaim,
    "languages": LanguageCertificate,
    "availability": Availability,
    "education": Education,
    "employment": Employment,
    "facts": PersonFact,
    "sensitive_facts": PersonFact,
}
"""The lists that hang on a person, and what their lines are."""
FACTS = {"facts": False, "sensitive_facts": True}
"""The lists of facts, and whether what stands there is sensitive."""


def _made(person, lists):
    """Return unsaved rows of lists of dicts."""
    return {
        name: [MODELS[name](participant=person, **line) for line in lines]
        for name, lines in lists.items()
    }


def _replace_lists(entries, by, now):
    for name, model in MODELS.items():
        lists = [(entry.person, getattr(entry, name)) for entry in entries]
        if name in FACTS:
            facts.replace(lists, is_sensitive=FACTS[name], by=by, now=now)
        else:
            bulk.replace(model, "participant", lists)


def _tell(action, kind, entries, *, of_ids, by, now):
    """Write trail and events, and note for officers who is known elsewhere too."""
    keys = _keys(of_ids)
    holders = identities.holders(keys.values())
    elsewhere = [
        (person, {"others": [str(pk) for pk, *_ in others if pk != person.pk]})
        for person in of_ids
        if (others := holders[keys.get(person.pk)]) and len(others) > 1
    ]
    audit.record_many(by=by, action=action, entries=entries, now=now)
    if elsewhere:
        audit.record_many(
            by=by,
            action=AuditAction.PARTICIPANTS_KNOWN_ELSEWHERE,
            entries=elsewhere,
            now=now,
        )
    concerned = [(person, [person.registered_by_id]) for person, _data in entries]
    events.emit_many(kind=kind, entries=concerned, now=now)
