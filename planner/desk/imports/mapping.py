"""What an own sheet is taken for: shown as the sheet stands, and read from the form."""

from django.utils.translation import gettext as _, gettext_lazy

from programs import transfer
from programs.admin.participants import MASK
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission
from programs.transfer.mapping.fields import label_of

SHOWN_ROWS = 5
HIDDEN = ("nik", "passport", "disability", "sensitive_facts")
"""Fields that the examples keep to themselves."""
MOST_MENDED = 20
"""Rows of one group that can be mended one by one on the page."""
HOW = {
    "chosen": gettext_lazy("chosen by you"),
    "remembered": gettext_lazy("as last time"),
    "code": gettext_lazy("a code"),
    "name": gettext_lazy("the same name"),
    "like": gettext_lazy("nearly the same name"),
}
"""How a word came to its meaning."""


def certainty(sure):
    """Return how sure something is: a word, its colour, and per cent."""
    if sure >= 0.9:
        word, colour = _("sure"), "success"
    elif sure >= 0.7:
        word, colour = _("likely"), "info"
    else:
        word, colour = _("a guess"), "warning"
    return {"word": word, "colour": colour, "percent": round(sure * 100)}


def mapping_of(batch, user, summary):
    """Return what the page shows of an own sheet, {} for a file in our own form.

    Parameters
    ----------
    summary: the verdict's overview: groups of errors, and words.
    """
    mapping = transfer.mapping_of(batch)
    if mapping is None or not mapping.columns:
        return {}
    head = transfer.head(batch, by=user)
    kind = transfer.KINDS[batch.kind]
    fields = transfer.fields_of(kind)
    is_own = batch.created_by_id == user.pk
    return {
        "own": True,
        "fields": [(each.name, each.label) for each in fields.values()],
        "columns_own": _columns(mapping, head),
        "sheet": _sheet(head) if is_own else [],
        "constants": _constants(mapping, fields, head),
        "made": transfer.MADE if "birth_date" in fields else "",
        "words": _words(kind, summary["words"], head, user),
        "missing": [label_of(kind, name) for name in summary["missing"]],
        "num_hidden": summary["hidden"],
        "skip_hidden": mapping.skip_hidden,
        "examples": _examples(kind, head) if is_own else {},
        "taken": {*mapping.columns.values(), *mapping.constants},
    }


def _columns(mapping, head):
    named = [(p, name) for p, name in enumerate(head["headings"]) if name]
    return [
        {
            "place": place,
            "heading": heading,
            "field": mapping.columns.get(heading, ""),
            "certainty": certainty(mapping.sure[heading])
            if heading in mapping.sure and mapping.columns.get(heading)
            else None,
        }
        for place, heading in named
    ]


def _sheet(head):
    """Return the first rows as they stand in the sheet, each cell under its heading."""
    places = [place for place, name in enumerate(head["headings"]) if name]
    return [
        (number, [cells[place] if place < len(cells) else "" for place in places])
        for number, cells in head["rows"][:SHOWN_ROWS]
    ]


def _constants(mapping, fields, head):
    """Return the fields that have no column: those needed, then the others."""
    taken = set(mapping.columns.values())
    free = [each for each in fields.values() if each.name not in taken]
    free.sort(key=lambda each: not (each.required or each.name in mapping.constants))
    return [
        {
            "name": each.name,
            "label": each.label,
            "value": mapping.constants.get(each.name, ""),
            "options": head["options"].get(each.name, []),
            "is_needed": each.required,
            "is_open": each.required or each.name in mapping.constants,
            "certainty": certainty(mapping.sure[each.name])
            if each.name in mapping.constants and each.name in mapping.sure
            else None,
        }
        for each in free
    ]


def _words(kind, words, head, user):
    """Return the words of each field, those without a meaning first."""
    shown = []
    for name, found in words.items():
        labels = head["labels"].get(name, {})
        lines = [
            _word(word, labels) for word in found["words"] if word["how"] != "code"
        ]
        if lines:
            shown.append(
                {
                    "name": name,
                    "label": label_of(kind, name),
                    "words": lines,
                    "open": found["open"],
                    "more": found["more"],
                    "options": head["options"].get(name, []),
                    "may_add": name == "home_institution"
                    and user.allows(Permission.IMPORT_DATA),
                }
            )
    return sorted(shown, key=lambda field: not field["open"])


def _word(word, labels):
    near = [
        (code, labels.get(code, code), round(score * 100))
        for code, score in word["near"]
    ]
    if word["code"] and word["code"] not in [code for code, *_rest in near]:
        near.insert(0, (word["code"], labels.get(word["code"], word["code"]), None))
    return {
        **word,
        "near": near,
        "label": labels.get(word["code"], word["code"]),
        "is_chosen": word["how"] == "chosen",
        "how": HOW.get(word["how"], ""),
        "certainty": certainty(word["sure"]) if word["code"] else None,
    }


def _examples(kind, head):
    """Return the first people as they would be read, NIK and disability hidden."""
    names = head["fields"]
    return {
        "names": [label_of(kind, name) for name in names],
        "rows": [
            (
                number,
                [
                    MASK if name in HIDDEN and said[name] else said[name]
                    for name in names
                ],
            )
            for number, said in head["examples"]
        ],
    }


def groups_of(kind, summary, *, fields=()):
    """Return the errors of a file in groups, in the reader's words.

    Parameters
    ----------
    fields: of an own sheet, those that have a column or a value; cells of these can be
        typed anew.
    """
    return [
        {
            "column": label_of(kind, group["column"]) if fields else group["column"],
            "name": group["column"],
            "expectation": transfer.told_group(group),
            "count": group["count"],
            "rows": group["rows"],
            "may_mend": group["column"] in fields and group["count"] <= MOST_MENDED,
        }
        for group in summary.get("groups", [])
    ]


def read_mapping(batch, data):
    """Return the mapping that a form says.

    Parameters
    ----------
    data: what was posted.

    Raises
    ------
    Refusal: the file is in our own form, and has no mapping.
    """
    mapping = transfer.mapping_of(batch)
    if mapping is None:
        raise Refusal(
            "mapping-none",
            _("This file has our own columns, so nothing says what they mean."),
            kind=RefusalKind.CONFLICT,
        )
    for place in _places(data, "column-"):
        heading = data.get(f"heading-{place}", "")
        chosen = data[f"column-{place}"]
        if chosen != mapping.columns.get(heading, ""):
            mapping.sure.pop(heading, None)
        mapping.columns[heading] = chosen
    _read_constants(mapping, data)
    for place in _places(data, "word-"):
        field, _dash, said = place.partition("-")
        given = data.get(f"code-{place}", "").strip() or data[f"word-{place}"]
        chosen = mapping.values.setdefault(field, {})
        if given:
            chosen[said] = given
        else:
            chosen.pop(said, None)
    for place in _places(data, "cell-"):
        row, _dash, field = place.partition("-")
        if text := data[f"cell-{place}"].strip():
            mapping.cells.setdefault(row, {})[field] = text
    mapping.values = {field: words for field, words in mapping.values.items() if words}
    mapping.skip_hidden = "skip_hidden" in data
    return mapping


def _read_constants(mapping, data):
    for name in _places(data, "constant-"):
        value = data[f"constant-{name}"].strip()
        if value != mapping.constants.get(name, ""):
            mapping.sure.pop(name, None)
        if value:
            mapping.constants[name] = value
        else:
            mapping.constants.pop(name, None)
    for name in mapping.columns.values():
        mapping.constants.pop(name, None)


def _places(data, start):
    """Return what stands behind the start of the names that begin so, in order."""
    return [name.removeprefix(start) for name in data if name.startswith(start)]
