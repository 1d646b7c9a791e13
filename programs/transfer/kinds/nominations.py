"""People and their applications from one sheet: a row is a person and a wish.

Nothing is judged or written here: each row is one of ``Participants`` and one of
``Applications``, and both say what they say of files of their own.
"""

from dataclasses import replace

from programs.choices import ImportKind
from programs.models import Application, Participant
from programs.transfer.rows import Action, Row

from .applications import Applications
from .base import Kind
from .participants import Participants

PERSON = "participant"
"""The column of applications that names the person; here it is the person's code."""


class Nominations(Kind):
    """A person with an application, found again by the person and the intake."""

    name = ImportKind.NOMINATIONS
    permissions = Applications.permissions
    can_be_undone = True
    in_pieces = True
    provinces = Participants.provinces
    model = Application
    key = ("code", "registered_by", "intake")
    owner = ("intake", "intake")
    columns = Participants.columns + tuple(
        column
        for column in Applications.columns
        if column.name not in {PERSON, "registered_by"}
    )

    def __init__(self, by, *, now=None, reason=""):
        super().__init__(by, now=now, reason=reason)
        self.people = Participants(by, now=now, reason=reason)
        self.applications = _Applications(by, now=now, reason=reason)
        self.people.lookups = self.applications.lookups = self.lookups
        self.parts = {}
        self.registered = {}

    def prepare(self, rows):
        """Split each row into the two that it is."""
        self.parts = {row.number: _split(row, self) for row in rows}
        people, applications = zip(*self.parts.values(), strict=True)
        self.people.prepare(people)
        self.applications.prepare(applications)

    def check(self, row):
        person, application = self.parts[row.number]
        self.people.check(person)
        application.values.pop("registered_by", None)
        if "registered_by" in person.values:
            application.values["registered_by"] = person.values["registered_by"]
        self.applications.check(application)
        row.values = person.values | {
            name: value for name, value in application.values.items() if name != PERSON
        }
        self._tell(row)

    def _tell(self, row):
        """Note with the row what is wrong with its person or its application."""
        for part in self.parts[row.number]:
            for problem in part.problems:
                told = "code" if problem.column == PERSON else problem.column
                if (problem := replace(problem, column=told)) not in row.problems:
                    row.problems.append(problem)

    def decide(self, rows, header):
        good = [row for row in rows if row.is_good]
        people = [self.parts[row.number][0] for row in good]
        for part in people:
            self._refuse_registered(part)
        self.people.decide(people, header)
        for part in filter(_is_new, people):
            key = hash(self.people.key_of(part.values))
            self.registered.setdefault(key, part.number)
        new = {part.number: part.entry.person for part in people if _is_new(part)}
        self.applications.new = new
        able = [row for row in good if self.parts[row.number][0].is_good]
        applications = [self.parts[row.number][1] for row in able]
        self.applications.decide(applications, header)
        for row in good:
            self._tell(row)
            row.action = self._action(row)

    def _refuse_registered(self, part):
        """Refuse a person whom a piece of the file above registers, as the domain
        refuses one within a piece.
        """
        key = hash(self.people.key_of(part.values))
        if self.registered.get(key, part.number) != part.number:
            part.refuse("code", "key-exists")

    def _action(self, row):
        if not row.is_good:
            return Action.BAD
        person, application = (part.action for part in self.parts[row.number])
        if Action.NEW in (person, application):
            return Action.NEW
        return Action.CHANGED if Action.CHANGED in (person, application) else person

    def write(self, rows, now):
        """Register and correct the people, then send and change what they apply for."""
        taken = [self.parts[row.number] for row in rows if row.is_good]
        people, applications = zip(*taken, strict=True) if taken else ((), ())
        return self.people.write(people, now) + self.applications.write(
            applications, now
        )

    def template_columns(self):
        return self._known(self.applications.template_columns())

    def export_columns(self, *, private=False):
        hidden = set() if private else set(self.people.PRIVATE)
        columns = self._known(self.applications.export_columns())
        return [column for column in columns if column.name not in hidden]

    def _known(self, of_applications):
        """Return the columns of people, and these of applications."""
        shown = {column.name for column in of_applications}
        shown |= {column.name for column in Participants.columns}
        return [column for column in self.columns if column.name in shown]

    def export_rows(self, queryset, *, private=False):
        rows = list(self.applications.export_rows(queryset))
        wanted = Participant.objects.filter(applications__in=queryset).distinct()
        people = {
            (values["code"], values["registered_by"]): values
            for values in self.people.export_rows(wanted, private=private)
        }
        for values in rows:
            yield values | people[(values[PERSON], values["registered_by"])]


class _Applications(Applications):
    """Applications of people who may be registered with them."""

    new = {}
    """{row number: person} of those who are."""

    def _find_person(self, row, known):
        """Leave it: the person's own row has settled who registered the person."""

    def _person(self, row):
        person = self.new.get(row.number)
        if person is not None:
            return person.pk, person.registered_by_id
        return super()._person(row)


def _split(row, kind):
    """Return a row's person and its application, as rows of their own kinds."""
    person, application = (
        Row(
            row.number,
            _of(row.cells, part),
            _of(row.values, part),
            [each for each in row.problems if each.column in part.by_name],
        )
        for part in (kind.people, kind.applications)
    )
    if "code" in row.values:
        application.values[PERSON] = row.values["code"]
    return person, application


def _of(named, part):
    return {name: given for name, given in named.items() if name in part.by_name}


def _is_new(part):
    return part.is_good and part.action is Action.NEW
