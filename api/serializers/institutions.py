"""Institutions, as other shapes show them."""

from rest_framework import serializers

from programs.models import Institution

from .rows import Rows


class InstitutionReference(Rows, serializers.ModelSerializer):
    """An institution in one line."""

    class Meta:
        model = Institution
        fields = ["id", "code", "name", "kind", "country"]
