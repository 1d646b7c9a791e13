"""What the database itself keeps: seats, caps, budgets, and one stay at a time.

A constraint sees one row; these promises take several, so triggers keep them, on both
databases (``postgresql.sql``, ``sqlite.sql``), whoever writes and by whatever road.
They refuse that more is used than there is. What was too much before, or became too
much because a limit was lowered, stays and is listed by ``manage.py check_records``.
"""

from .names import TOLD, Promise, broken_by
from .triggers import install, is_installed, uninstall

__all__ = [
    "TOLD",
    "Promise",
    "broken_by",
    "install",
    "is_installed",
    "uninstall",
]
