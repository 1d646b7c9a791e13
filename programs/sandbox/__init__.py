"""The sandbox: where partners try the API, in a database of its own.

While it is entered, it is the only database there is for the thread: no query can read
what is live, none that is live can read what is tried. Everything else is as it is on
the live side, the same rules, verbs and events.
"""

from .realm import entered, is_entered, is_prepared

__all__ = ["entered", "is_entered", "is_prepared"]
