"""What hosts, funders and ministries offer: the corridors' TOML files as rows.

The files describe sixty slots. More slots are made in *waves*: each wave copies the
hosts with their slots, agreements, shared resources and pathways, while programs,
intakes, quotas and budgets stay common to all (budgets grow with the slots).
"""

import tomllib
from dataclasses import dataclass
from functools import cached_property

BASE_SLOTS = 60
FILES = ("common", "malaysia", "japan", "china", "taiwan", "money", "policy")
OPENS, CLOSES, DECIDES = "2026-10-01", "2026-11-15", "2026-12-18"


@dataclass(frozen=True)
class Offer:
    """A slot with the program it belongs to, as the generator of people needs it."""

    slot: dict
    program: dict
    wave: int

    @property
    def code(self):
        """The slot's code; copies carry the number of their wave."""
        return waved(self.slot["code"], self.wave)

    def fact(self, name, default=""):
        """Return what the slot says, or else what its program says."""
        return self.slot.get(name, self.program.get(name, default))


def waved(code, wave):
    """Return the code of a copy."""
    return f"{code}-W{wave + 1}" if wave else code


def text(value):
    """Return a value as a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "|".join(map(text, value))
    return "" if value is None else str(value)


class Corridors:
    """The offer of all corridors for a number of slots.

    Parameters
    ----------
    directory: folder of the TOML files.
    slots: how many slots to make.
    """

    def __init__(self, directory, slots=BASE_SLOTS):
        self.parts = [
            tomllib.loads((directory / f"{name}.toml").read_text(encoding="utf-8"))
            for name in FILES
        ]
        self.num_slots = slots

    def all(self, name):
        """Return every entry with this name in all files."""
        return [entry for part in self.parts for entry in part.get(name, [])]

    @property
    def fiscal_years(self):
        """The years that budgets are known for."""
        return self.parts[0]["demo"]["fiscal_years"]

    @property
    def factor(self):
        """How much bigger the offer is than the sixty slots of the files."""
        return max(1, self.num_slots / BASE_SLOTS)

    @cached_property
    def offers(self):
        """The slots that people can wish for, wave after wave."""
        base = [
            (slot, program)
            for program in self.all("programs")
            for slot in program["slots"]
        ]
        waves = -(-self.num_slots // len(base))
        endless = (
            Offer(slot, program, wave)
            for wave in range(waves)
            for slot, program in base
        )
        return [offer for offer, _ in zip(endless, range(self.num_slots), strict=False)]

    @property
    def waves(self):
        """Numbers of the waves in use."""
        return sorted({offer.wave for offer in self.offers})

    @cached_property
    def programs(self):
        """Programs that have a slot."""
        used = {offer.program["code"] for offer in self.offers}
        return [entry for entry in self.all("programs") if entry["code"] in used]

    @cached_property
    def pathways(self):
        """Pathways whose steps are all offered, as (entry, wave, codes of the steps).

        The last wave may be cut off in the middle of one.
        """
        offered = {offer.code for offer in self.offers}
        candidates = [
            (entry, wave, [waved(code, wave) for code in entry["steps"]])
            for entry in self.all("pathways")
            for wave in self.waves
        ]
        return [one for one in candidates if offered.issuperset(one[2])]

    @cached_property
    def hosts(self):
        """Codes of the institutions that every wave copies."""
        return self.all("hosts")[0]["institutions"]


def intake_code(program):
    """Return the code of a program's intake of 2027."""
    return f"{program['code']}-2027"
