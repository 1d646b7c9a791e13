"""The lists that hang on people, as they are stored: entries as files write them."""

from programs.models import (
    Availability,
    Education,
    Employment,
    LanguageCertificate,
    PersonFact,
    SkillClaim,
)

from . import papers


def lists_of(people, private):
    """Return {person: lists by their name} of a batch of people."""
    names = [name for name in READ if name != "sensitive_facts" or name in private]
    lists = {person.pk: {name: [] for name in names} for person in people}
    for name in names:
        for pk, entry in READ[name](people):
            lists[pk][name].append(entry)
    return {
        pk: {name: tuple(sorted(entries)) for name, entries in named.items()}
        for pk, named in lists.items()
    }


def _skills(people):
    rows = SkillClaim.objects.filter(participant__in=people)
    fields = ("participant_id", "skill__code", "level", "evidence", "valid_to")
    for pk, code, level, evidence, ends in rows.values_list(*fields):
        yield pk, (code, str(level), evidence, iso(ends))


def _languages(people):
    rows = LanguageCertificate.objects.filter(participant__in=people)
    fields = ("participant_id", "test", "band", "taken_on", "scale_version", "valid_to")
    for pk, test, band, taken, version, ends, score in rows.values_list(
        *fields, "score"
    ):
        days = iso(taken), version, iso(ends)
        yield pk, (test, band, *days, papers.points(score))


def _free(people):
    rows = Availability.objects.filter(participant__in=people)
    for pk, *days in rows.values_list("participant_id", "starts_on", "ends_on"):
        yield pk, tuple(map(iso, days))


def _studies(people):
    for row in Education.objects.filter(participant__in=people):
        yield (
            row.participant_id,
            (
                row.level,
                row.isced_f,
                row.status,
                iso(row.graduated_on),
                "" if row.gpa is None else f"{row.gpa:.2f}",
                "" if row.semester is None else str(row.semester),
                row.accreditation,
                row.institution,
            ),
        )


def _jobs(people):
    for row in Employment.objects.filter(participant__in=people):
        days = (iso(row.starts_on), iso(row.ends_on))
        yield row.participant_id, (row.employer, row.isced_f, *days)


def _facts(is_sensitive):
    def read(people):
        rows = PersonFact.objects.filter(
            participant__in=people, definition__is_sensitive=is_sensitive
        )
        fields = ("participant_id", "definition__code", "value", "valid_from")
        for pk, code, value, start, end, evidence in rows.values_list(
            *fields, "valid_to", "evidence"
        ):
            yield pk, (code, value, iso(start), iso(end), evidence)

    return read


READ = {
    "skills": _skills,
    "languages": _languages,
    "availability": _free,
    "education": _studies,
    "employment": _jobs,
    "facts": _facts(is_sensitive=False),
    "sensitive_facts": _facts(is_sensitive=True),
}
"""How each list of people is read, as (person, entry)."""


def iso(day):
    """Return a day as files write it, nothing for none."""
    return day.isoformat() if day else ""
