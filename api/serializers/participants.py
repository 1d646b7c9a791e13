"""People. The NIK goes in and never comes out; disability never leaves the desk."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from programs.choices import SkillEvidence
from programs.models import (
    LanguageCertificate,
    LanguageScale,
    Participant,
    SkillClaim,
)
from programs.validators import validate_nik

from .base import Body, LookedUp, RowKey
from .jobs import AnyRow, ListOfRows
from .skills import SkillByCode


class SkillClaimSerializer(serializers.ModelSerializer):
    """A skill by framework and code, with its level (0-4)."""

    framework = serializers.CharField(source="skill.framework")
    code = serializers.CharField(source="skill.code")

    class Meta:
        model = SkillClaim
        fields = ["framework", "code", "level", "evidence", "valid_to"]


class LanguageCertificateSerializer(serializers.ModelSerializer):
    """A passed language test and the CEFR level it is worth."""

    class Meta:
        model = LanguageCertificate
        fields = [
            "language",
            "test",
            "band",
            "scale_version",
            "cefr",
            "taken_on",
            "valid_to",
        ]


class ParticipantSerializer(serializers.ModelSerializer):
    """A person as the institution that registered them sees them."""

    skills = SkillClaimSerializer(source="skill_claims", many=True)
    languages = LanguageCertificateSerializer(source="language_certificates", many=True)

    class Meta:
        model = Participant
        fields = [
            "id",
            "code",
            "given_name",
            "family_name",
            "birth_date",
            "sex",
            "citizenship",
            "province",
            "regency",
            "home_institution",
            "kkni",
            "isced_f",
            "email",
            "skills",
            "languages",
            "restricted_at",
            "erase_on",
        ]


def _scale(test, band, version):
    rows = LanguageScale.objects.filter(test=test, band=band, version=version)
    return rows.first()


class WriteSkillClaim(SkillByCode):
    """A claimed skill as it is sent."""

    level = serializers.IntegerField(min_value=0, max_value=4)
    evidence = serializers.ChoiceField(
        SkillEvidence.choices, default=SkillEvidence.SELF
    )
    valid_to = serializers.DateField(required=False, allow_null=True)


class WriteLanguageCertificate(Body, serializers.ModelSerializer):
    """A language certificate as it is sent; its CEFR level follows from the scale."""

    class Meta:
        model = LanguageCertificate
        fields = ["test", "band", "scale_version", "taken_on", "valid_to"]

    def validate(self, data):
        named = data["test"], data["band"], data["scale_version"]
        known = self.context.get("known")
        scale = known.named(LanguageScale, *named) if known else _scale(*named)
        if scale is None:
            raise serializers.ValidationError(
                {
                    "band": _(
                        "This test, version and band are not in the reference list."
                    )
                }
            )
        return {**data, "language": scale.language, "cefr": scale.cefr}


class ParticipantChange(Body, serializers.ModelSerializer):
    """What may be corrected about a person."""

    serializer_related_field = LookedUp
    nik = serializers.CharField(
        write_only=True, required=False, allow_blank=True, validators=[validate_nik]
    )
    skills = WriteSkillClaim(many=True, required=False, max_length=100)
    languages = WriteLanguageCertificate(many=True, required=False, max_length=100)

    class Meta:
        model = Participant
        fields = [
            "given_name",
            "family_name",
            "birth_date",
            "sex",
            "citizenship",
            "province",
            "regency",
            "home_institution",
            "kkni",
            "isced_f",
            "email",
            "nik",
            "skills",
            "languages",
        ]


class ParticipantRegistration(ParticipantChange):
    """A new person; ``code`` is the sender's own reference for them."""

    class Meta(ParticipantChange.Meta):
        fields = ["code", *ParticipantChange.Meta.fields]


class ParticipantInList(ParticipantRegistration):
    """A new person as a row of a list."""

    idempotency_key = RowKey()

    class Meta(ParticipantRegistration.Meta):
        fields = [*ParticipantRegistration.Meta.fields, "idempotency_key"]


@extend_schema_field(ParticipantInList)
class AnyPerson(AnyRow):
    """A row as it came: whether it is one is judged with the row, not for all."""


class BulkParticipants(Body):
    """Up to 5,000 people; each row is judged for itself, in order."""

    participants = ListOfRows(child=AnyPerson(allow_null=True))
