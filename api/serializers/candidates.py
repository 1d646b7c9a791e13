"""A candidate as a host sees them before the plan: abilities, not identity."""

from rest_framework import serializers

from programs.models import Application

from .participants import LanguageCertificateSerializer, SkillClaimSerializer


class CandidateSerializer(serializers.ModelSerializer):
    """An applicant without name, birth date, origin or any number."""

    nomination = serializers.UUIDField(source="id")
    rank = serializers.IntegerField(help_text="The rank the person gave the slot.")
    kkni = serializers.IntegerField(source="participant.kkni")
    isced_f = serializers.CharField(source="participant.isced_f")
    skills = SkillClaimSerializer(source="participant.skill_claims", many=True)
    languages = LanguageCertificateSerializer(
        source="participant.language_certificates", many=True
    )

    class Meta:
        model = Application
        fields = ["nomination", "rank", "kkni", "isced_f", "skills", "languages"]
