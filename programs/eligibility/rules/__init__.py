"""The rules of eligibility, each written once for one pair and for ten million.

A rule's ``check`` gets the facts, and people and columns as index arrays that broadcast
against each other: two lists of the same length are pairs, a column of people against
a row of slots is a whole block. It returns where it is broken, and how badly.
``describe`` gives the numbers of one broken pair, for people to read.
"""

from .choice import FORBIDDEN, HOST_VETO, OTHER_INTAKE, SLOT_CLOSED
from .condition import CONDITION
from .law import AGREEMENT, LEAD_TIME, NO_PAYER, ROUTE, WAIVED_FEE
from .person import AGE, CITIZENSHIP, FIELD, KKNI
from .processing import NO_CONSENT, RESTRICTED
from .rule import FAIL, MEND, PASS, WARN, Rule
from .skills import LANGUAGE, SKILL
from .times import ALREADY_PLACED, AVAILABILITY, STEP_ORDER

RULES = (
    OTHER_INTAKE,
    SLOT_CLOSED,
    CITIZENSHIP,
    AGE,
    KKNI,
    FIELD,
    SKILL,
    LANGUAGE,
    AVAILABILITY,
    ALREADY_PLACED,
    STEP_ORDER,
    ROUTE,
    LEAD_TIME,
    AGREEMENT,
    HOST_VETO,
    FORBIDDEN,
    NO_PAYER,
    WAIVED_FEE,
    RESTRICTED,
    NO_CONSENT,
    CONDITION,
)
"""Every rule; the place of a rule here is its bit in ``Judgement.failed``."""

__all__ = ["FAIL", "MEND", "PASS", "RULES", "WARN", "Rule"]
