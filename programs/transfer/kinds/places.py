"""Slots and teams as a cell names them: OWNER/CODE, since a code is its owner's own.

A code alone is enough where it can mean one thing only, so files from before this was
so go on working; where it can mean several, the cell is told which.
"""

from collections import defaultdict

TEAM = r"([-a-zA-Z0-9_]{0,50}/)?[-a-zA-Z0-9_]{1,60}"
"""What a cell may call a team."""


class Places:
    """Slots by HOST/CODE, and by the code alone.

    Parameters
    ----------
    slots: that the reader may see, with their hosts. scope: of a slot, where codes are
        asked for within something; one for all unless given.
    """

    def __init__(self, slots, *, scope=lambda slot: None):
        self._full, self._bare = {}, defaultdict(list)
        for slot in slots:
            self._full[scope(slot), slot.full_code] = slot
            self._bare[scope(slot), slot.code].append(slot)

    def find(self, text, scope=None):
        """Return the slots that a text can mean."""
        full = self._full.get((scope, text))
        return [full] if full else self._bare.get((scope, text), [])


def settle(row, column, found):
    """Return HOST/CODE of the one slot that a cell means, None where it is not one.

    A cell that can mean several is refused with what it can mean.
    """
    if len(found) == 1:
        return found[0].full_code
    if found:
        codes = ", ".join(sorted(slot.full_code for slot in found))
        row.refuse(column, "several-slots", codes=codes)
    return None


class Teams:
    """Teams by what a cell calls them within an intake.

    INSTITUTION/CODE is an institution's own, /CODE one of people of several.

    Parameters
    ----------
    teams: with their institutions.
    """

    def __init__(self, teams):
        self._teams = {(team.intake_id, name_of(team)): team for team in teams}

    def __getitem__(self, key):
        return self._teams[key]

    def __setitem__(self, key, team):
        self._teams[key] = team

    def __contains__(self, key):
        return key in self._teams

    def known(self, code, *, sender, intake):
        """Return the names of the teams that a code alone can mean to a sender."""
        names = dict.fromkeys([f"{sender}/{code}", f"/{code}"])
        return [name for name in names if (intake, name) in self._teams]


def name_of(team):
    """Return what a file calls a team, or nothing where there is none."""
    if team is None:
        return ""
    return f"{team.institution.code if team.institution else ''}/{team.code}"
