"""Every address of the desk, filled with rows of the caller's world or of another."""

from django.contrib import admin
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

ELSEWHERE = {"login", "logout", "view_on_site", None}
"""Doors themselves, and addresses without a name: old ones, and what is not there."""
GIVEN = {
    "kind": "participants",
    "file_format": "csv",
    "paper": "xlsx",
    "app_label": "programs",
    "rule": "age",
    "slug": "program",
}
"""What an address may name besides a row."""
MOVES = "move_name"


def patterns(resolver=None):
    """Yield (name, names of its parts) of every address of the desk."""
    found = resolver or get_resolver().namespace_dict["admin"][1]
    for each in found.url_patterns:
        if isinstance(each, URLPattern):
            if each.name not in ELSEWHERE:
                yield each.name, _parts(each.pattern.regex)
        else:
            yield from patterns(each)


def _parts(regex):
    """Return what an address names; a table's history names it by place alone."""
    if regex.groups > len(regex.groupindex):
        return ["object_id", "history_id"]
    return sorted(regex.groupindex)


def tables():
    """Return {name of a table in addresses: its admin}."""
    return {
        f"{model._meta.app_label}_{model._meta.model_name}": table
        for model, table in admin.site._registry.items()
    }


def table_of(name):
    """Return the table that an address belongs to, or ""."""
    known = [table for table in tables() if name.startswith(table + "_")]
    return max(known, key=len, default="")


def filled(name, parts, rows):
    """Return the addresses of a name; ``rows`` are {part or table: id}.

    Raises
    ------
    KeyError: nobody has said what stands in a part of the address.
    """
    table = table_of(name)
    known = GIVEN | rows
    if table in rows:
        known = known | {"object_id": rows[table], "history_id": rows[table, "history"]}
    if MOVES in parts:
        moves = [move.name for move in tables()[table].moves]
        return [_reverse(name, parts, known | {MOVES: move}) for move in moves]
    return [_reverse(name, parts, known)]


def _reverse(name, parts, known):
    wanted = {part: known[part] for part in parts}
    try:
        return reverse(f"admin:{name}", kwargs=wanted)
    except NoReverseMatch:  # the history of a table has parts without a name
        return reverse(f"admin:{name}", args=[known[part] for part in parts])
