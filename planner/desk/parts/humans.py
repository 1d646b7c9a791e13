"""Humans behind rows of a run: one, with however many nominations or registrations."""

PERSON = "application__participant"


def humans_of(rows, field="pk"):
    """Return {human: a field of theirs} of rows about applications, in one query."""
    columns = rows.order_by("pk").values_list(
        f"{PERSON}__human_key", f"{PERSON}__pk", f"{PERSON}__{field}"
    )
    return {key or str(pk): value for key, pk, value in columns}
