"""What an address may ask of a table: its own filters, and nothing else.

Django lets an address look into any own column with any lookup. A regular expression
over names that strangers registered can then hold the whole process.
"""

from django.contrib.admin import ListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ERROR_FLAG, IGNORED_PARAMS, PAGE_VAR
from django.utils.translation import gettext as _

COMPARISONS = ("", "__exact", "__in", "__isnull", "__isempty", "__gte", "__lt")
"""How a filter of a column may compare; none of them reads a pattern."""
RANGES = ("_from", "_to", "_from_0", "_from_1", "_to_0", "_to_1")
OF_THE_LIST = {*IGNORED_PARAMS, ERROR_FLAG, PAGE_VAR}
"""Parameters of any list: its page, order and search."""
DAYS = ("__year", "__month", "__day")


def declared(table):
    """Return the names of the parameters that a table's filters read.

    Parameters
    ----------
    table: the ``ModelAdmin``; its ``list_filter``, ``date_hierarchy`` and
        ``linked_lookups`` (parameters of links to it that no filter reads) count.
    """
    names = {"pk__in", *getattr(table, "linked_lookups", ())}
    for each in table.list_filter:
        names |= _names_of(table.model, each)
    if table.date_hierarchy:
        names |= {table.date_hierarchy + day for day in DAYS}
    return names


def _names_of(model, each):
    """Return the parameters of one entry of ``list_filter``."""
    if isinstance(each, type) and issubclass(each, ListFilter):
        return {each.parameter_name}
    path = each if isinstance(each, str) else each[0]
    paths = [path]
    target = getattr(get_fields_from_path(model, path)[-1], "target_field", None)
    if target is not None:
        paths += [f"{path}__{target.name}", f"{path}__pk"]
    names = {one + how for one in paths for how in COMPARISONS}
    return names | {path + end for end in RANGES}


def unknown(names):
    """Return the sentence for parameters that no filter of a table reads."""
    return _("This list has no filter named %(names)s; all rows are shown.") % {
        "names": ", ".join(sorted(names))
    }
