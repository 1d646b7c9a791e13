"""What hangs on rows, read as plain values: no model is made of each line.

A page of fifty placements has some four hundred steps and funding lines, and making
models of them takes longer than all the rest. A line answers to the names of its
columns, ``skill__code`` for one of another row.
"""

from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import Model


@dataclass(frozen=True)
class Lines:
    """The lines of a list, and where rows get them.

    Parameters
    ----------
    name: the attribute of the row. model: of the lines. parent: their column that says
        whose they are. columns: what is read. order: in which they come.
    key: the attribute of a row, or of one that it knows, that ``parent`` holds.
    where: (lookup, value) that lines have to have besides.
    """

    name: str
    model: type[Model]
    parent: str
    columns: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    key: str = "pk"
    where: tuple[tuple[str, object], ...] = ()

    def attach(self, rows):
        """Look up the lines of all rows at once, and hand them out."""
        key, found = attrgetter(self.key), defaultdict(list)
        keys = {key(row) for row in rows}
        wanted = {f"{self.parent}__in": keys, **dict(self.where)}
        lines = self.model._base_manager.filter(**wanted)
        for line in lines.order_by(*self.order).values_list(
            self.parent, *self.columns, named=True
        ):
            found[line[0]].append(line)
        for row in rows:
            setattr(row, self.name, found[key(row)])
