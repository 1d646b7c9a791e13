"""The names of closed lists in the description, and where each list is.

Clients' code is generated from the names, so they never change. Settings read this
before there are any apps: paths, not lists.
"""

ENUM_NAMES = {
    "AgreementState": "programs.choices.AgreementState",
    "ApplicationState": "programs.choices.ApplicationState",
    "Cefr": "programs.choices.Cefr",
    "CostFormula": "programs.choices.CostFormula",
    "EventKind": "programs.event_kinds.EventKind",
    "InstitutionKind": "programs.choices.InstitutionKind",
    "IntakeState": "programs.choices.IntakeState",
    "LegalBasis": "programs.choices.LegalBasis",
    "LimitKind": "planner.models.states.LimitKind",
    "MainReason": "api.closed_lists.MAIN_REASONS",
    "ObjectType": "programs.event_kinds.OBJECT_TYPES",
    "PlacementState": "programs.choices.PlacementState",
    "PrioritySector": "programs.choices.PrioritySector",
    "ProgramKind": "programs.choices.ProgramKind",
    "Purpose": "programs.choices.Purpose",
    "RegionLevel": "programs.choices.RegionLevel",
    "ReliefKind": "api.closed_lists.RELIEFS",
    "RequirementKind": "programs.choices.RequirementKind",
    "RightsKind": "programs.choices.RightsKind",
    "RightsOutcome": "programs.choices.RightsOutcome",
    "Rule": "api.closed_lists.RULES",
    "RunEnding": "api.closed_lists.RUN_ENDINGS",
    "RunKind": "planner.models.states.RunKind",
    "RunState": "planner.models.states.RunState",
    "RunStatus": "api.closed_lists.RUN_STATUSES",
    "Sex": "programs.choices.Sex",
    "SkillEvidence": "programs.choices.SkillEvidence",
    "SkillFamily": "programs.choices.SkillFamily",
    "SkillLevel": "programs.choices.SkillLevel",
    "SlotState": "programs.choices.SlotState",
    "TierName": "planner.models.Tier",
    "TierUnit": "api.closed_lists.TIER_UNITS",
    "VerdictWord": "api.closed_lists.VERDICTS",
    "WorthPart": "api.closed_lists.WORTH",
}
