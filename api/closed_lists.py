"""Closed lists of words in answers that no model's column holds.

Each has its name in ``api.enum_names``.
"""

from planner.models import Tier
from planner.models.loss_words import STATES
from planner.models.reason_words import REASON_LABELS
from planner.optimiser.model.result import Status, Termination
from programs.eligibility.labels import RULE_LABELS

RUN_STATUSES = [status.value for status in Status]
RUN_ENDINGS = [ending.value for ending in Termination]
MAIN_REASONS = list(REASON_LABELS)
RULES = list(RULE_LABELS)
PROMISES = [str(state) for state in STATES]
"""What somebody relied on who loses by a plan."""
RELIEFS = ["upper", "lower", "supply", "must"]
VERDICTS = ["eligible", "conditional", "ineligible"]
WORTH = [
    *(
        "placement",
        "arrival",
        "priority",
        "merit",
        "skills",
        "preference",
        "host",
        "condition",
    )
]
"""The parts of what a place is worth, as proposals hold them."""
COUNTED = {Tier.PEOPLE: "people", Tier.POINTS: "points", Tier.COST: "million_idr"}
"""What the values of a tier count."""
TIER_UNITS = list(COUNTED.values())
MODES = ["live", "test"]
"""On which side a key opens something."""
