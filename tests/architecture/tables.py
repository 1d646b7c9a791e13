"""Tables of the docs that are made from lists in the code.

A page holds ``<!-- table: NAME -->`` and ``<!-- end -->``; what stands between them is
written by ``python -m tests.architecture.tables`` (``make tables``), and a test fails
where it is not what the list says. A new list gets a function in ``TABLES``.
"""

import json
import os
import re

from django.utils import translation

from tests.paths import ROOT

DOCS = ROOT / "docs"
CONDITION = DOCS / "domain" / "condition.schema.json"
"""The JSON Schema of conditions, for whoever sends them as a tree."""
PLACE = re.compile(r"(<!-- table: ([a-z-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def markdown(head, rows):
    """Return a table in Markdown; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    cells = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def event_kinds():
    """Return what partners may subscribe to."""
    from programs.event_kinds import EventKind, object_type_of

    return markdown(
        ["kind", "what happened", "`object_type`"],
        [(f"`{kind}`", kind.label, f"`{object_type_of(kind)}`") for kind in EventKind],
    )


def audit_actions():
    """Return what the trail may say was done, and what only old entries say."""
    from programs.audit_actions import FORMER, AuditAction

    rows = [(f"`{action}`", action.label) for action in AuditAction]
    rows += [
        (f"`{old}`", f"{words} (old entries only)") for old, words in FORMER.items()
    ]
    return markdown(["action", "in words"], rows)


def limit_kinds():
    """Return what may limit a plan, and what problem files call it."""
    from planner.models import LimitKind
    from planner.models.limits import CODES, PARTS

    rows = [
        (
            f"`{kind}`",
            kind.label,
            f"`{':'.join([kind, CODES.get(kind, 'CODE'), *PARTS[kind]])}`",
        )
        for kind in LimitKind
    ]
    return markdown(["kind", "what is limited", "name in problem files"], rows)


def tiers():
    """Return what a plan is judged by, in order."""
    from planner.models import Tier

    rows = [
        (f"`{tier}`", tier.label, "the least" if tier.is_least else "the most")
        for tier in Tier
    ]
    return markdown(["tier", "what it measures", "best is"], rows)


def main_reasons():
    """Return why somebody may have no place."""
    from planner.models.reason_words import REASON_LABELS

    rows = [(f"`{code}`", label) for code, label in REASON_LABELS.items()]
    return markdown(["`main_reason`", "in words"], rows)


def rules():
    """Return the rules that each pair of person and slot is judged by."""
    from programs.eligibility.labels import RULE_LABELS

    rows = [(f"`{code}`", label) for code, label in RULE_LABELS.items()]
    return markdown(["rule", "in words"], rows)


def run_states():
    """Return where a run may stand, and what may follow."""
    from planner.models import RunState
    from planner.models.states import MOVES

    rows = []
    for state in RunState:
        after = [f"`{to}`" for to in RunState if to in MOVES.get(state, ())]
        rows.append((f"`{state}`", ", ".join(after) or "final"))
    return markdown(["state", "what may follow"], rows)


def endings():
    """Return why a solve may have ended."""
    from planner.desk.parts.phases import ENDINGS

    rows = [(f"`{word}`", label) for word, label in ENDINGS.items()]
    return markdown(["`termination`", "in words"], rows)


def deprecated():
    """Return what will go from the answers of the API, and when."""
    from api.deprecations import table

    return table()


TABLES = {
    "deprecated": deprecated,
    "audit-actions": audit_actions,
    "endings": endings,
    "event-kinds": event_kinds,
    "limit-kinds": limit_kinds,
    "main-reasons": main_reasons,
    "rules": rules,
    "run-states": run_states,
    "tiers": tiers,
}


def renewed(text):
    """Return a page's text with its tables made anew."""
    with translation.override("en"):
        return PLACE.sub(lambda m: m[1] + TABLES[m[2]]() + m[4], text)


def names_in(text):
    """Return the names of the tables a page holds."""
    return [match[2] for match in PLACE.finditer(text)]


def main():
    """Write every table anew, and the description of the API."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from api.schema import committed
    from programs.conditions import SCHEMA

    committed.write()
    CONDITION.write_text(json.dumps(SCHEMA, indent=2) + "\n")
    for page in sorted(DOCS.rglob("*.md")):
        page.write_text(renewed(page.read_text()))


if __name__ == "__main__":
    main()
