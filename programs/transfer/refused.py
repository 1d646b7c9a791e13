"""What the domain refuses, as what is wrong with a cell.

The verbs of the domain judge a row; a file tells it at the cell that has to change, in
words that are stored as a code and read in anybody's language.
"""


def _other(code):
    """Return a sentence that names the other column."""
    return lambda refusal: (
        refusal.field.partition("/")[0],
        code,
        {"other": refusal.params["other"]},
    )


def _counted(column, code):
    return lambda refusal: (column, code, {"count": refusal.params["count"]})


def _fixed(column, code, *names):
    """Return a sentence about one column, with these facts of the refusal."""
    return lambda refusal: (
        column,
        code,
        {name: refusal.params[name] for name in names},
    )


def _days(refusal):
    bounds = {"least": refusal.params["first"], "most": refusal.params["last"]}
    return refusal.field.partition("/")[0], "date-range", bounds


def _not_open(refusal):
    told = {name: refusal.params[name] for name in ("first", "last", "state")}
    late = refusal.params["may_be_late"]
    return "intake", "intake-late" if late else "intake-not-open", told


def _too_many(refusal):
    most = refusal.params["most"]
    return f"choice_{most + 1}", "too-many-choices", {"limit": most}


def _not_in_intake(refusal):
    column = f"choice_{refusal.params['rank']}"
    return column, "other-intake", {"intake": refusal.params["intake"]}


def _condition(refusal):
    return "condition", "condition", {"why": str(refusal)}


CELLS = {
    ("invalid", "passport"): lambda r: (
        "passport",
        r.params["rule"].replace("_", "-"),
        {},
    ),
    ("invalid", "nik"): lambda r: ("nik", r.params["rule"].replace("_", "-"), {}),
    ("out-of-order", "capacity_max"): _other("at-least"),
    "out-of-order": _other("order"),
    "impossible-date": _days,
    "together": _other("together"),
    "intake-not-open": _not_open,
    "intake-closed": _fixed("intake", "intake-running", "state"),
    "too-many-choices": _too_many,
    "not-in-intake": _not_in_intake,
    ("listed-twice", "preferences"): _fixed("choice_1", "twice", "what"),
    "withdrawn": _fixed("participant", "withdrawn"),
    "person-restricted": _fixed("participant", "restricted"),
    "merged": lambda refusal: (refusal.field or "code", "merged", {}),
    "erased": lambda refusal: (refusal.field or "code", "erased", {}),
    "fixed": lambda refusal: (refusal.field, "fixed", {}),
    "slot-state": _fixed("state", "state-move", "state"),
    "other-province": _fixed("regency_kemendagri", "two-registries"),
    "not-a-province": lambda _refusal: ("origin_kemendagri", "a-province", {}),
    "province-abroad": _fixed("province_kemendagri", "province-abroad"),
    "slot-in-use": _counted("state", "slot-in-use"),
    "condition-unreadable": _condition,
    "condition-unknown": _condition,
    "condition-impossible": _condition,
    "condition-private": _condition,
    "condition-kind": _condition,
    "condition-waits": _condition,
    "seats-in-use": _counted("capacity_max", "seats-in-use"),
    # Names stay out of what is stored; the page looks them up for who may see them.
    "promised-kept-out": _fixed("reason", "kept-out", "count", "places"),
}
"""For a refusal's code, or code and field: column, code of the sentence, facts."""


def cell_of(refusal, kind, rows):
    """Return (column, code, params) of what a cell should hold instead.

    Parameters
    ----------
    refusal: what the domain says of a row. kind: of the file.
    rows: those that were judged together.
    """
    if refusal.code == "forbidden":
        column, what = kind.owner
        return column, "not-yours", {"what": kind.lookups.label(what)}
    if refusal.code in {"duplicate-nik", "duplicate-passport"}:
        return _twin(refusal, rows)
    if refusal.code in {"duplicate", "already-nominated"}:
        return kind.key[0], "key-exists", {}
    told = CELLS.get((refusal.code, refusal.field)) or CELLS.get(refusal.code)
    if told:
        return told(refusal)
    column = refusal.field.partition("/")[0]
    column = column if column in kind.by_name else kind.key[0]
    return column, "refused", {"why": str(refusal)}


def _twin(refusal, rows):
    name = refusal.field
    if "holder" in refusal.params:
        return name, f"{name}-registered", {"code": refusal.params["holder"]}
    return name, f"{name}-in-file", {"row": rows[refusal.params["earlier"]].number}
