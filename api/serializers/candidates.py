"""A candidate as a host sees them before the plan: abilities, not identity."""

from rest_framework import serializers

from programs.models import Application

from .participants import LanguageCertificateSerializer, SkillClaimSerializer
from .rows import Rows


class CandidateSerializer(Rows, serializers.ModelSerializer):
    """An applicant without name, birth date, origin or any number.

    What the person wishes for is not the host's to know, the rank of this slot neither.
    """

    nomination = serializers.UUIDField(source="id")
    kkni = serializers.IntegerField(source="participant.kkni")
    isced_f = serializers.CharField(source="participant.isced_f")
    skills = SkillClaimSerializer(source="participant.skill_lines", many=True)
    languages = LanguageCertificateSerializer(
        source="participant.language_lines", many=True
    )

    class Meta:
        model = Application
        fields = ["nomination", "kkni", "isced_f", "skills", "languages"]
