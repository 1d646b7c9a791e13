"""What a sheet of somebody's own means: its columns, one value for all, its words."""

import json
from dataclasses import asdict, dataclass, field, fields

from django.utils.translation import gettext as _

from programs.refusals import Refusal

MADE = "#"
"""Instead of a value for all: made of each person's name and day of birth."""


@dataclass
class Mapping:
    """What is taken for what; made by ``propose``, changed by people, kept as JSON.

    Parameters
    ----------
    columns: {heading of the sheet: field, or "" for a column that is left out}.
    constants: {field: value for all rows}.
    values: {field: {text of the sheet: what it means}}.
    cells: {row number: {field: text that stands there instead}}.
    sure: {heading or field: how sure the proposal is, from 0 to 1}.
    skip_hidden: whether rows that the spreadsheet hides are left out.
    """

    columns: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    cells: dict = field(default_factory=dict)
    sure: dict = field(default_factory=dict)
    skip_hidden: bool = False

    def as_json(self, indent=None):
        """Return it as text."""
        return json.dumps(
            asdict(self), ensure_ascii=False, sort_keys=True, indent=indent
        )

    @classmethod
    def from_json(cls, text):
        """Return the mapping that a text holds.

        Raises
        ------
        Refusal: it is no mapping, or names something that a mapping does not have.
        """
        try:
            given = json.loads(text)
            made = cls(**given)
        except (ValueError, TypeError) as error:
            raise _not_a_mapping() from error
        for each in fields(cls):
            if type(getattr(made, each.name)) is not each.type:
                raise _not_a_mapping()
        return made

    def require_fields(self, known):
        """Check that each field is one of those there are, and filled by one column.

        Parameters
        ----------
        known: {name: field}, those there are.

        Raises
        ------
        Refusal: a field does not exist, or two columns are taken for the same.
        """
        for name in (*self.columns.values(), *self.constants, *self.values):
            if name and name not in known:
                raise Refusal(
                    "mapping-unknown-field",
                    _("There is no field “%(name)s”. There are: %(known)s.")
                    % {"name": name, "known": ", ".join(known)},
                    field="mapping",
                )
        taken = {}
        for heading, name in self.columns.items():
            if name and taken.setdefault(name, heading) != heading:
                raise Refusal(
                    "mapping-twice",
                    _(
                        "“%(first)s” and “%(second)s” are both taken for “%(field)s”. "
                        "Keep one of them, and leave the other out."
                    )
                    % {
                        "first": taken[name],
                        "second": heading,
                        "field": known[name].label,
                    },
                    field="mapping",
                )


def _not_a_mapping():
    return Refusal(
        "mapping-broken",
        _(
            "This is no mapping of a sheet. Let one be written by --write-mapping, "
            "and change that."
        ),
        field="mapping",
    )
