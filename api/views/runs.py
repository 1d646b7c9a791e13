"""Allocation runs: ask for one, watch it, stop it, and read what it says."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from api.exceptions import Problem
from api.filters.runs import RunFilter
from api.serializers import (
    proposals as proposed,
    run_figures as figures,
    runs as serializers,
)
from planner.allocation.decisions import cancel, replan, request
from planner.models import AllocationRun, Scenario, small_counts
from programs import clock
from programs.models import Intake
from programs.roles import Permission

from .base import List, Nothing, Resource, Retrieve

READERS = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS]
PLANNERS = [Permission.PLAN]


class RunViewSet(Retrieve, List, Resource):
    """Allocation runs for planners' own systems."""

    queryset = AllocationRun.objects.all()
    loads = {"intakes": ["intakes"]}
    ordered_by = ("number", "created_at")
    serializer_class = serializers.RunSerializer
    write_serializers = {
        "create": serializers.RunRequest,
        "cancel": Nothing,
        "replan": serializers.ReplanRequest,
        "explanations": serializers.ExplanationSerializer,
        "limits": serializers.LimitPriceSerializer,
        "proposals": proposed.ProposalSerializer,
        "reserves": proposed.ReserveSerializer,
    }
    filterset_class = RunFilter
    paged = frozenset({"list", "explanations", "limits", "proposals", "reserves"})
    deprecated_in = {"limits": "allocation_runs_limits_list"}
    needs = {
        "list": READERS,
        "retrieve": READERS,
        "explanations": READERS,
        "limits": READERS,
        "proposals": READERS,
        "reserves": READERS,
        "create": PLANNERS,
        "cancel": PLANNERS,
        "replan": PLANNERS,
    }

    @extend_schema(responses={202: serializers.RunSerializer})
    def create(self, http):
        """Ask for a run; it is accepted (202) and served by a worker."""
        data = self.validated()
        intakes = self._rows(Intake.objects, data.pop("intakes"), "intakes")
        wanted = data.pop("scenario", None)
        what_ifs = Scenario.objects.what_ifs()
        scenarios = self._rows(what_ifs, [wanted], "scenario") if wanted else [None]
        run = request.allocate(
            intakes=intakes,
            scenario=scenarios[0],
            by=http.user,
            now=clock.now(),
            **data,
        )
        return self.answer(run, 202)

    def _rows(self, manager: QuerySet, ids, field):
        """Return the visible rows in the order asked for, or refuse them all."""
        visible = manager.visible_to(self.request.user)
        rows = {row.pk: row for row in visible.filter(pk__in=ids)}
        if set(ids) - set(rows):
            detail = _("Not every id here is known to you.")
            raise Problem(422, "unknown_id", detail, field=field)
        return [rows[identifier] for identifier in dict.fromkeys(ids)]

    @extend_schema(request=None, responses=serializers.RunSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, http, pk):
        """Stop a run; the best plan found so far is kept."""
        run = self.get_object()
        cancel.cancel(run=run, by=http.user, now=clock.now())
        return self.answer(run)

    @extend_schema(responses={202: serializers.RunSerializer})
    @action(detail=True, methods=["post"])
    def replan(self, http, pk):
        """Plan again from what is decided: few changes, at a price, within a budget.

        Nothing changes before the new plan is approved and published.
        """
        base = self.get_object()
        run = replan.replan(base, by=http.user, now=clock.now(), **self.validated())
        return self.answer(run, 202)

    @extend_schema(responses=serializers.ExplanationSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def explanations(self, http, pk):
        """Unplaced applicants with their reasons."""
        return self._page(self.get_object().unplaced.all())

    @extend_schema(responses=serializers.LimitPriceSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def limits(self, http, pk):
        """Limits with their use and price."""
        return self._page(self.get_object().prices.all(), also=small_counts.tell)

    @extend_schema(responses=proposed.ProposalSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def proposals(self, http, pk):
        """Who would go where, what it is worth, and who would pay."""
        return self._page(self.get_object().proposals.all())

    @extend_schema(responses=proposed.ReserveSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def reserves(self, http, pk):
        """Who would move up into which slot, in order."""
        return self._page(self.get_object().reserves.all())

    def with_lines(self, rows):
        return figures.keep_small_counts(super().with_lines(rows))

    def _page(self, rows, also=list):
        page = also(self.paginate_queryset(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
