"""What if: put this person there, change this limit; for planners' own systems."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from api.exceptions import Problem
from api.filters.what_ifs import WhatIfFilter
from api.serializers import what_ifs as serializers
from planner.allocation.decisions import what_ifs
from planner.models import LimitKind, WhatIf
from programs import clock
from programs.costing import rupiah_to_units
from programs.roles import Permission

from .base import List, Resource, Retrieve

READERS = [Permission.VIEW_ALL, Permission.VIEW_OWN_PROGRAMS]


class WhatIfViewSet(Retrieve, List, Resource):
    """Questions about runs; a worker answers, and nothing is decided by it."""

    queryset = WhatIf.objects.all()
    ordered_by = ("created_at",)
    serializer_class = serializers.WhatIfSerializer
    write_serializers = {"create": serializers.WhatIfRequest}
    filterset_class = WhatIfFilter
    needs = {"list": READERS, "retrieve": READERS, "create": [Permission.PLAN]}

    @extend_schema(responses={202: serializers.WhatIfSerializer})
    def create(self, http):
        """Ask; it is accepted (202) and answered by a worker."""
        data = self.validated()
        limit = _limit(data)
        amount = data["by"]
        if amount and limit is not None and limit.kind == LimitKind.BUDGET:
            amount = int(rupiah_to_units(amount))
        row = what_ifs.ask(
            run=data["run"],
            application=data["nomination"],
            slot=data["slot"],
            limit=limit,
            amount=amount,
            seconds=data["seconds"],
            by=http.user,
            now=clock.now(),
        )
        return self.answer(row, 202)


def _limit(data):
    """Return the limit that is named, or refuse one the run does not know."""
    if not data["kind"] and not data["code"]:
        return None
    named = {name: data[name] or "" for name in ("kind", "code", "part")}
    limit = data["run"].prices.filter(**named).first()
    if limit is None:
        detail = _("The run has no such limit; its `limits` names them all.")
        raise Problem(422, "unknown_limit", detail, field="code")
    return limit
