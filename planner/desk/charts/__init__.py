"""Pictures drawn on the server: no script, and each has its table beside it.

Coordinates are text already, because a template would write decimals with a comma
in Indonesian.
"""
