"""The closed lists of the domain, each value with what it means.

Values are stored, so they never change; labels are for people and are translated.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstitutionKind(models.TextChoices):
    """What sort of legal body an institution is."""

    MINISTRY = "ministry", _("ministry")
    UNIVERSITY = "university", _("university")
    POLYTECHNIC = "polytechnic", _("polytechnic")
    VOCATIONAL_SCHOOL = "smk", _("vocational high school (SMK)")
    TRAINING_CENTRE = "training_centre", _("training centre")
    COMPANY = "company", _("company")
    RESEARCH = "research", _("research institute")
    FUNDER = "funder", _("funder")
    AGENCY = "agency", _("agency")


class ProgramKind(models.TextChoices):
    """The form of cooperation a program realises."""

    TRAINING = "training", _("intensive training")
    INTERNSHIP = "internship", _("internship")
    EXCHANGE = "exchange", _("exchange")
    RESEARCH_VISIT = "research_visit", _("research visit")
    FACILITY_ACCESS = "facility_access", _("facility access")
    WORKSHOP = "workshop", _("workshop or seminar")
    CURRICULUM_TEAM = "curriculum_team", _("joint curriculum team")
    POLICY_DIALOGUE = "policy_dialogue", _("policy dialogue")
    SECONDMENT = "secondment", _("product secondment")
    WORK_PLACEMENT = "work_placement", _("work placement")


class PrioritySector(models.TextChoices):
    """Sector a program serves: of Stranas KA, of chip industry, of migrant work."""

    SEMICONDUCTOR = "semiconductor", _("semiconductors")
    HEALTH = "health", _("health")
    BUREAUCRACY = "bureaucracy", _("bureaucratic reform")
    EDUCATION = "education_research", _("education and research")
    FOOD = "food", _("food security")
    MOBILITY = "mobility", _("mobility")
    SMART_CITY = "smart_city", _("smart cities")
    CYBERSECURITY = "cybersecurity", _("cybersecurity")
    MANUFACTURING = "manufacturing", _("manufacturing")
    CONSTRUCTION = "construction", _("construction")
    HOSPITALITY = "hospitality", _("hospitality and tourism")
    DOMESTIC = "domestic", _("domestic work and care at home")
    SEA = "sea", _("fishing and shipping")
    OTHER = "other", _("other")


class CapCounts(models.TextChoices):
    """Whom a cap of an immigration route counts."""

    ENTRIES = "entries", _("entries in the period")
    STAYING = "staying", _("people staying on any day")


class Sex(models.TextChoices):
    """Sex as legally recorded; used for quotas, never for scores."""

    FEMALE = "F", _("female")
    MALE = "M", _("male")


class Disability(models.TextChoices):
    """Self-declared disability (Law 8/2016 groups); stored encrypted, optional."""

    NONE = "", _("none declared")
    PHYSICAL = "physical", _("physical")
    INTELLECTUAL = "intellectual", _("intellectual")
    MENTAL = "mental", _("mental")
    SENSORY = "sensory", _("sensory")
    MULTIPLE = "multiple", _("multiple")


class RegionLevel(models.TextChoices):
    """Administrative level of an Indonesian region."""

    PROVINCE = "province", _("province")
    REGENCY = "regency", _("regency or city")


class RegionListKind(models.TextChoices):
    """Why a list of regions exists."""

    UNDERDEVELOPED = "3t", _("frontier, outermost, underdeveloped (3T)")
    AFFIRMATIVE = "affirmative", _("affirmative")
    BORDER = "border", _("border")


class SkillFamily(models.TextChoices):
    """The families that skills are grouped in."""

    CHIP_DESIGN = "chip_design", _("chip design")
    ATP = "atp", _("assembly, test and packaging")
    MATERIALS_POWER = "materials_power", _("materials and power")
    AI = "ai", _("artificial intelligence")
    CYBERSECURITY = "cybersecurity", _("cybersecurity")
    CROSS_CUTTING = "cross_cutting", _("cross-cutting")


class SkillLevel(models.IntegerChoices):
    """How well a person masters a skill."""

    NONE = 0, _("none")
    AWARE = 1, _("aware")
    GUIDED = 2, _("under guidance")
    INDEPENDENT = 3, _("independent")
    LEAD = 4, _("leads others")


class SkillEvidence(models.TextChoices):
    """What a claimed skill rests on."""

    SELF = "self", _("own statement")
    COURSE = "course", _("course")
    CERTIFICATE = "certificate", _("certificate")
    ASSESSMENT = "assessment", _("assessment")
    HOST = "host", _("host's transcript")


class EducationLevel(models.TextChoices):
    """Levels of schools and degrees in Indonesia, lowest first."""

    SMP = "smp", _("lower secondary (SMP)")
    SMA = "sma", _("upper secondary (SMA)")
    SMK = "smk", _("vocational upper secondary (SMK)")
    D1 = "d1", _("one-year diploma (D1)")
    D2 = "d2", _("two-year diploma (D2)")
    D3 = "d3", _("three-year diploma (D3)")
    D4 = "d4", _("applied bachelor (D4)")
    S1 = "s1", _("bachelor (S1)")
    S2 = "s2", _("master (S2)")
    S3 = "s3", _("doctor (S3)")


class StudyStatus(models.TextChoices):
    """How somebody stands with a study."""

    ACTIVE = "active", _("studying")
    GRADUATED = "graduated", _("graduated")
    LEFT = "left", _("left without a degree")


class FactKind(models.TextChoices):
    """What a fact that the ministry defines is."""

    NUMBER = "number", _("number")
    TRUTH = "truth", _("yes or no")
    DAY = "day", _("date")
    CODE = "code", _("word")


class FactParty(models.TextChoices):
    """Who may state a fact about a person."""

    SENDER = "sender", _("whoever registered the person")
    OFFICER = "officer", _("an officer only")


class RequirementKind(models.TextChoices):
    """What a slot wants of a skill, or gives."""

    REQUIRED = "required", _("required")
    PREFERRED = "preferred", _("preferred")
    TAUGHT = "taught", _("taught")


class Cefr(models.TextChoices):
    """Common European Framework levels, lowest first."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"

    @classmethod
    def rank(cls, level):
        """Return 1 (A1) to 6 (C2), and 0 for no level at all."""
        return cls.values.index(level) + 1 if level else 0


class AgreementState(models.TextChoices):
    """Life of an agreement (MoU, IIA, PKS)."""

    DRAFT = "draft", _("draft")
    PROPOSED = "proposed", _("proposed")
    IN_FORCE = "in_force", _("in force")
    EXPIRED = "expired", _("expired")
    TERMINATED = "terminated", _("terminated")


class RightsKind(models.TextChoices):
    """What a person may ask for about the own data (Law 27/2022, articles 5 to 13)."""

    ACCESS = "access", _("access to everything held")
    CORRECTION = "correction", _("correction")
    OBJECTION = "objection", _("objection to a decision by machine")
    RESTRICTION = "restriction", _("restriction of processing")
    ERASURE = "erasure", _("erasure")


class RightsOutcome(models.TextChoices):
    """How a human answered what a person asked for."""

    GRANTED = "granted", _("granted")
    PARTLY = "partly", _("granted in part")
    REFUSED = "refused", _("refused, with the reason")


class Purpose(models.TextChoices):
    """What personal data are processed for: a closed list."""

    SELECTION = "selection", _("judging applications and proposing places")
    STAY = "stay", _("carrying out a stay")
    TRANSFER = "transfer", _("transfer to the host's country")
    DISABILITY = "disability", _("counting a declared disability in quotas")
    ACCOUNTING = "accounting", _("accounting for public money")
    TRAIL = "trail", _("recording who decided and who read what")


PLANNING_PURPOSES = (Purpose.SELECTION, Purpose.STAY)
"""Purposes without which nobody can be planned for a place."""

CONSENT_PURPOSES = (*PLANNING_PURPOSES, Purpose.TRANSFER, Purpose.DISABILITY)
"""Purposes that a person may consent to; the others are duties of the ministry."""

RESTING_PURPOSES = (*PLANNING_PURPOSES, Purpose.DISABILITY)
"""Purposes whose basis may be consent; for a transfer each country has its own."""


class LegalBasis(models.TextChoices):
    """What lawful processing rests on (Law 27/2022, article 20 (2))."""

    CONSENT = "consent", _("explicit consent")
    CONTRACT = "contract", _("an agreement with the person")
    LEGAL_OBLIGATION = "legal_obligation", _("a legal obligation")
    VITAL_INTEREST = "vital_interest", _("vital interests of the person")
    PUBLIC_TASK = "public_task", _("a public task")
    LEGITIMATE_INTEREST = "legitimate_interest", _("another legitimate interest")


class TransferGround(models.TextChoices):
    """What lets personal data go to another country (Law 27/2022, article 56)."""

    ADEQUATE = "adequate", _("its protection is equal or higher")
    SAFEGUARDS = "safeguards", _("binding safeguards, by a document")
    CONSENT = "consent", _("explicit consent of each person")


class IntakeState(models.TextChoices):
    """Life of an intake."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    ALLOCATING = "allocating", _("allocating")
    DECIDED = "decided", _("decided")
    RUNNING = "running", _("running")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")


class SlotState(models.TextChoices):
    """Whether a host still offers the slot."""

    PROPOSED = "proposed", _("proposed by the host")
    OPEN = "open", _("open")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ApplicationState(models.TextChoices):
    """Life of an application."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    ELIGIBLE = "eligible", _("eligible")
    INELIGIBLE = "ineligible", _("ineligible")
    PROPOSED = "proposed", _("proposed")
    PLACED = "placed", _("placed")
    RESERVE = "reserve", _("on the waiting list")
    UNPLACED = "unplaced", _("unplaced")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PlacementState(models.TextChoices):
    """Life of a placement."""

    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    CONFIRMED = "confirmed", _("confirmed by the host")
    REJECTED = "rejected", _("rejected by the host")
    DEPARTED = "departed", _("departed")
    ARRIVED = "arrived", _("arrived")
    COMPLETED = "completed", _("completed")
    ENDED_EARLY = "ended_early", _("ended early")
    NO_SHOW = "no_show", _("did not arrive")
    SUPERSEDED = "superseded", _("replaced by a later plan")
    LAPSED = "lapsed", _("lapsed")


class PlaceConditionState(models.TextChoices):
    """Life of something that a place waits for."""

    OPEN = "open", _("still to be met")
    MET = "met", _("met")
    WAIVED = "waived", _("waived")
    LAPSED = "lapsed", _("not met in time")


LIVE_PLACEMENT_STATES = (
    PlacementState.OFFERED,
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
    PlacementState.DEPARTED,
    PlacementState.ARRIVED,
    PlacementState.COMPLETED,
)
"""States in which the placement holds its seat and its money."""

BEFORE_DEPARTURE = (
    PlacementState.OFFERED,
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
)
"""States of a place whose person has yet to leave."""

CHANGING_PLACEMENT_STATES = (
    PlacementState.ACCEPTED,
    PlacementState.CONFIRMED,
    PlacementState.DEPARTED,
    PlacementState.ARRIVED,
)
"""States in which sender and host may agree on other days, or another slot."""

HOSTED_PLACEMENT_STATES = (
    *(state for state in LIVE_PLACEMENT_STATES if state != PlacementState.OFFERED),
    PlacementState.ENDED_EARLY,
    PlacementState.NO_SHOW,
)
"""States in which the person is, or was, the host's to know: from acceptance on."""


class ChangeState(models.TextChoices):
    """Life of a change of a stay that somebody has proposed."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("not answered in time")


class ChangeSide(models.TextChoices):
    """Whose word a change of a stay is, or waits for."""

    SENDER = "sender", _("sender")
    HOST = "host", _("host")
    COORDINATOR = "coordinator", _("coordinator")


class CostFormula(models.TextChoices):
    """How often a cost falls due."""

    ONE_OFF = "one_off", _("once")
    PER_MONTH = "per_month", _("per month")
    PER_DAY = "per_day", _("per day")


class FundingSourceKind(models.TextChoices):
    """Whose money a funding source is."""

    STATE = "state", _("state budget")
    SCHOLARSHIP = "scholarship", _("scholarship fund")
    DONOR = "donor", _("foreign or international donor")
    COMPANY = "company", _("company")
    PARTICIPANT = "participant", _("participant")


class NeedKind(models.TextChoices):
    """What a coordinator asks others for, who alone may add it."""

    BUDGET = "budget", _("budget")
    PAYER = "payer", _("payer")
    ROUTE = "route", _("immigration route")


class NeedState(models.TextChoices):
    """What came of it."""

    OPEN = "open", _("waits for an answer")
    MET = "met", _("done")
    REFUSED = "refused", _("refused")


class RateKind(models.TextChoices):
    """What an exchange rate is for."""

    PLANNING = "planning", _("planning")
    STRESS = "stress", _("stress")


class Basis(models.TextChoices):
    """Whether a reference row is a fact with a source or an assumption."""

    SOURCED = "sourced", _("from a source")
    COMPUTED = "computed", _("computed")
    ASSUMED = "assumed", _("assumed")


class QuotaAttribute(models.TextChoices):
    """What a quota looks at."""

    REGION_LIST = "region_list", _("origin on a region list")
    PROVINCE = "province", _("province")
    SEX = "sex", _("sex")
    DISABILITY = "disability", _("disability")
    INSTITUTION = "institution", _("home institution")
    INSTITUTION_KIND = "institution_kind", _("kind of home institution")
    HOST_COUNTRY = "host_country", _("host country")
    CONDITION = "condition", _("who meets a condition")


class QuotaKind(models.TextChoices):
    """Which way a quota limits."""

    FLOOR = "floor", _("at least")
    CAP = "cap", _("at most")
    TARGET = "target", _("target share")


class QuotaMeasure(models.TextChoices):
    """Whether a quota counts people, shares, or how many different ones there are."""

    ABSOLUTE = "absolute", _("people")
    PERCENT = "percent", _("percent of the people placed")
    DIFFERENT = "different", _("different ones among the people placed")


class PinKind(models.TextChoices):
    """A coordinator's binding word on one person and one slot."""

    PIN = "pin", _("pin")
    FORBID = "forbid", _("forbid")


class ResourceKind(models.TextChoices):
    """How a shared resource is used up."""

    CONCURRENT = "concurrent", _("in use at the same time (beds, mentors, licences)")
    CONSUMED = "consumed", _("used up in total (hours)")


class UsedBy(models.TextChoices):
    """For whom a slot takes of a shared resource."""

    PERSON = "person", _("each person")
    CLASS = "class", _("the class as a whole, once, if it runs")


class ImportKind(models.TextChoices):
    """What a file of rows holds."""

    NOMINATIONS = "nominations", _("people and their applications")
    PARTICIPANTS = "participants", _("participants")
    APPLICATIONS = "applications", _("applications")
    SLOTS = "slots", _("slots")
    COST_RULES = "cost_rules", _("cost rules")
    BUDGETS = "budgets", _("budgets")
    QUOTAS = "quotas", _("quotas")
    FUNDING_RULES = "funding_rules", _("funding rules")
    FEE_WAIVERS = "fee_waivers", _("fee waivers")
    GROUP_PINS = "group_pins", _("pins of groups")
    PROFILE_POINTS = "profile_points", _("points for conditions")


class ImportState(models.TextChoices):
    """Life of an import."""

    READING = "reading", _("being read")
    CHECKED = "checked", _("checked (dry run)")
    WRITING = "writing", _("being written")
    APPLIED = "applied", _("applied")
    PARTLY_APPLIED = "partly_applied", _("applied, with rows parked")
    DISCARDED = "discarded", _("discarded")
    UNDONE = "undone", _("undone")
