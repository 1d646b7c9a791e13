"""Lists that are worked on: how far they are, and what became of each row."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.reverse import reverse

from api.bulk import jobs
from api.filters.jobs import JobFilter
from api.pagination import CursorPages
from api.serializers import jobs as serializers
from planner.models import BulkJob
from programs import clock
from programs.roles import Permission

from .base import ReadOnly, accepted

SENDER = [Permission.NOMINATE]


def taken(kind, rows, request):
    """Keep a list, and answer where it says how far it is."""
    job = jobs.ask(kind=kind, rows=rows, by=request.user, now=clock.now())
    address = reverse("api:job-detail", args=[job.pk], request=request)
    return accepted(serializers.JobSerializer(job).data, address)


class RowPages(CursorPages):
    """200 rows a page, at most 1,000, in the order in which they were sent."""

    page_size = 200
    max_page_size = 1_000
    key = "index"


class JobViewSet(ReadOnly):
    """Lists of the own institution, for a week."""

    queryset = BulkJob.objects.all()
    serializer_class = serializers.JobSerializer
    write_serializers = {"results": serializers.JobRowSerializer}
    filterset_class = JobFilter
    ordered_by = ("created_at",)
    paged = frozenset({"list", "results"})
    needs = {"list": SENDER, "retrieve": SENDER, "results": SENDER}

    @extend_schema(responses=serializers.JobRowSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=RowPages)
    def results(self, request, pk):
        """What became of each row, in the order in which they were sent."""
        page = self.paginate_queryset(self.get_object().rows.all())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
