"""Parameters of programs, intakes, slots and agreements."""

from django_filters import rest_framework as filters

from programs.models import Agreement, Intake, Program, Slot


class ProgramFilter(filters.FilterSet):
    """By kind, sector and partner country."""

    class Meta:
        model = Program
        fields = ["code", "kind", "priority_sector", "partner_country", "is_incoming"]


class IntakeFilter(filters.FilterSet):
    """By program and state."""

    program = filters.UUIDFilter()

    class Meta:
        model = Intake
        fields = ["code", "program", "state"]


class SlotFilter(filters.FilterSet):
    """By intake, host, country and state."""

    intake = filters.UUIDFilter()
    host = filters.UUIDFilter()

    class Meta:
        model = Slot
        fields = ["code", "intake", "host", "country", "state"]


class AgreementFilter(filters.FilterSet):
    """By state and kind of program."""

    class Meta:
        model = Agreement
        fields = ["code", "state", "program_kind"]
