"""The router as a table of contents."""

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from api.routers import Router
from api.schema.served import Description
from api.views import (
    agreements,
    event_kinds,
    events,
    host_ratings,
    institutions,
    intakes,
    jobs,
    keys,
    me,
    nominations,
    participants,
    pathways,
    pins,
    place_conditions,
    placement_changes,
    placements,
    policies,
    programs,
    reference,
    rights,
    runs,
    sandbox,
    scenarios,
    slots,
    webhooks,
    what_ifs,
)

router = Router()

# Who calls
router.register("keys", keys.KeyViewSet, "key")
router.register("sandbox", sandbox.SeasonViewSet, "season")

# What there is
router.register("institutions", institutions.InstitutionViewSet, "institution")
router.register("programs", programs.ProgramViewSet, "program")
router.register("intakes", intakes.IntakeViewSet, "intake")
router.register("slots", slots.SlotViewSet, "slot")
router.register("pathways", pathways.PathwayViewSet, "pathway")
router.register("agreements", agreements.AgreementViewSet, "agreement")
router.register("quotas", policies.QuotaViewSet, "quota")
router.register("funding-rules", policies.FundingRuleViewSet, "funding-rule")
router.register("pins", pins.PinViewSet, "pin")
router.register("group-pins", policies.GroupPinViewSet, "group-pin")
router.register(
    "objective-profiles", policies.ObjectiveProfileViewSet, "objective-profile"
)
router.register(
    "profile-conditions", policies.ProfileConditionViewSet, "profile-condition"
)
router.register("fee-waivers", policies.FeeWaiverViewSet, "fee-waiver")

# Words that everybody shares
router.register("reference/countries", reference.CountryViewSet, "country")
router.register("reference/regions", reference.RegionViewSet, "region")
router.register("reference/skills", reference.SkillViewSet, "skill")
router.register("reference/facts", reference.FactViewSet, "fact")
router.register("reference/languages", reference.LanguageViewSet, "language")
router.register(
    "reference/cost-categories", reference.CostCategoryViewSet, "cost-category"
)
router.register("reference/purposes", reference.PurposeViewSet, "purpose")
router.register(
    "reference/immigration-routes",
    reference.ImmigrationRouteViewSet,
    "immigration-route",
)
router.register(
    "reference/qualification-levels",
    reference.QualificationLevelViewSet,
    "qualification-level",
)
router.register(
    "reference/funding-sources", reference.FundingSourceViewSet, "funding-source"
)
router.register(
    "reference/shared-resources", reference.SharedResourceViewSet, "shared-resource"
)

# Who takes part
router.register("participants", participants.ParticipantViewSet, "participant")
router.register("rights-requests", rights.RightsRequestViewSet, "rights-request")
router.register("consents", rights.ConsentViewSet, "consent")
router.register("nominations", nominations.NominationViewSet, "nomination")
router.register("jobs", jobs.JobViewSet, "job")
router.register("host-ratings", host_ratings.HostRatingViewSet, "host-rating")
router.register("placements", placements.PlacementViewSet, "placement")
router.register(
    "placement-changes", placement_changes.PlacementChangeViewSet, "placement-change"
)
router.register(
    "placement-conditions", place_conditions.PlaceConditionViewSet, "place-condition"
)

# How it is decided, and what happened
router.register("allocation-runs", runs.RunViewSet, "allocation-run")
router.register("scenarios", scenarios.ScenarioViewSet, "scenario")
router.register("what-ifs", what_ifs.WhatIfViewSet, "what-if")
router.register("event-kinds", event_kinds.EventKindViewSet, "event-kind")
router.register("events", events.EventViewSet, "event")
router.register(
    "webhook-endpoints", webhooks.WebhookEndpointViewSet, "webhook-endpoint"
)
router.register("webhook-deliveries", webhooks.DeliveryViewSet, "webhook-delivery")

# What there is one of
singles = [
    path("me/", me.MeViewSet.as_view({"get": "retrieve"}), name="me"),
]

app_name = "api"
urlpatterns = [
    path("v1/", include(singles)),
    path("v1/", include(router.urls)),
    path("schema/", Description.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema"),
        name="docs",
    ),
]
