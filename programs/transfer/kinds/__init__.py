"""The kinds of files: one class each, found by the key the database stores."""

from .applications import Applications
from .money import Budgets, CostRules
from .nominations import Nominations
from .participants import Participants
from .policies import FeeWaivers, FundingRules, GroupPins, ProfilePoints, Quotas
from .slots import Slots

KINDS = {
    str(kind.name): kind
    for kind in (
        Nominations,
        Participants,
        Applications,
        Slots,
        CostRules,
        Budgets,
        Quotas,
        FundingRules,
        FeeWaivers,
        GroupPins,
        ProfilePoints,
    )
}
