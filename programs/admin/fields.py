"""Which fields of a form are shown."""


def without(fieldsets, names):
    """Return fieldsets without some fields; a row or a set of none is left out."""
    found = []
    for title, options in fieldsets:
        rows = [
            tuple(name for name in _names(row) if name not in names)
            for row in options["fields"]
        ]
        if rows := [row for row in rows if row]:
            found.append((title, {**options, "fields": rows}))
    return found


def _names(row):
    return (row,) if isinstance(row, str) else row
