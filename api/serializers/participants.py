"""People. The NIK goes in and never comes out; disability never leaves the desk."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.lines import Lines
from programs.choices import SkillEvidence
from programs.domain.scales import line_of
from programs.models import (
    Education,
    Employment,
    FactDefinition,
    LanguageCertificate,
    LanguageScale,
    Participant,
    PersonFact,
    SkillClaim,
)
from programs.validators import validate_nik

from .base import Body, LookedUp, RowKey
from .jobs import AnyRow, ListOfRows
from .rows import Rows
from .skills import SkillByCode

SKILLS = Lines(
    "skill_lines",
    SkillClaim,
    "participant",
    ("skill__framework", "skill__code", "level", "evidence", "valid_to"),
    order=("skill__framework", "skill__code"),
)
LANGUAGES = Lines(
    "language_lines",
    LanguageCertificate,
    "participant",
    (
        *("language", "test", "band", "scale_version", "cefr", "score"),
        *("taken_on", "valid_to"),
    ),
    order=("language", "-taken_on"),
)
EDUCATION = Lines(
    "studies",
    Education,
    "participant",
    (
        *("level", "isced_f", "status", "graduated_on", "gpa", "semester"),
        *("accreditation", "institution"),
    ),
    order=("level", "institution"),
)
EMPLOYMENT = Lines(
    "jobs",
    Employment,
    "participant",
    ("employer", "isced_f", "starts_on", "ends_on"),
    order=("starts_on",),
)
FACTS = Lines(
    "open_facts",
    PersonFact,
    "participant",
    (
        *("definition__code", "value", "valid_from", "valid_to"),
        *("evidence", "verified_at"),
    ),
    order=("definition", "valid_from"),
    where=(("definition__is_sensitive", False),),
)
"""What the lists of a person are read by; sensitive facts are not among them."""


class SkillClaimSerializer(Rows, serializers.ModelSerializer):
    """A skill by framework and code, with its level (0-4)."""

    framework = serializers.CharField(source="skill__framework")
    code = serializers.CharField(source="skill__code")

    class Meta:
        model = SkillClaim
        fields = ["framework", "code", "level", "evidence", "valid_to"]


class LanguageCertificateSerializer(Rows, serializers.ModelSerializer):
    """A passed language test and the CEFR level it is worth."""

    class Meta:
        model = LanguageCertificate
        fields = [
            "language",
            "test",
            "band",
            "scale_version",
            "cefr",
            "score",
            "taken_on",
            "valid_to",
        ]


class EducationSerializer(Rows, serializers.ModelSerializer):
    """A study: level, field, how far it went, and where."""

    accreditation = serializers.CharField(
        allow_blank=True, max_length=20, required=False
    )

    class Meta:
        model = Education
        fields = [
            "level",
            "isced_f",
            "status",
            "graduated_on",
            "gpa",
            "semester",
            "accreditation",
            "institution",
        ]


class EmploymentSerializer(Rows, serializers.ModelSerializer):
    """A job; without ``ends_on`` it goes on."""

    class Meta:
        model = Employment
        fields = ["employer", "isced_f", "starts_on", "ends_on"]


class FactSerializer(Rows, serializers.ModelSerializer):
    """What the ministry has defined, as it was stated; confirmed at ``verified_at``."""

    fact = serializers.CharField(source="definition__code")
    evidence = serializers.CharField()

    class Meta:
        model = PersonFact
        fields = [
            "fact",
            "value",
            "valid_from",
            "valid_to",
            "evidence",
            "verified_at",
        ]


class ParticipantSerializer(Rows, serializers.ModelSerializer):
    """A person as the institution that registered them sees them."""

    skills = SkillClaimSerializer(source="skill_lines", many=True)
    languages = LanguageCertificateSerializer(source="language_lines", many=True)
    education = EducationSerializer(source="studies", many=True)
    employment = EmploymentSerializer(source="jobs", many=True)
    facts = FactSerializer(source="open_facts", many=True)
    merged_into = serializers.UUIDField(
        source="merged_into_id",
        allow_null=True,
        help_text=_("The registration that goes on, where this one is part of it."),
    )

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
            "education",
            "employment",
            "facts",
            "restricted_at",
            "erase_on",
            "merged_into",
        ]


def _scale(test, version):
    return LanguageScale.objects.filter(test=test, version=version)


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
        fields = ["test", "band", "scale_version", "score", "taken_on", "valid_to"]

    def validate(self, data):
        named = data["test"], data["scale_version"]
        known = self.context.get("known")
        lines = known.lines(*named) if known else _scale(*named)
        scale = line_of(lines, data["band"], data.get("score"))
        if scale is None:
            raise serializers.ValidationError(
                {
                    "band": _(
                        "This test, version and band are not in the reference list."
                    )
                }
            )
        return {**data, "language": scale.language, "cefr": scale.cefr}


class WriteEducation(Body, EducationSerializer):
    """A study as it is sent."""


class WriteEmployment(Body, EmploymentSerializer):
    """A job as it is sent."""


class WriteFact(Body, serializers.ModelSerializer):
    """A fact as it is stated: a number, ``yes`` or ``no``, a date, or a word."""

    fact = serializers.SlugRelatedField(
        source="definition", slug_field="code", queryset=FactDefinition.objects.all()
    )
    value = serializers.CharField(max_length=60)
    evidence = serializers.CharField(allow_blank=True, max_length=150, required=False)

    class Meta:
        model = PersonFact
        fields = ["fact", "value", "valid_from", "valid_to", "evidence"]


class ParticipantChange(Body, serializers.ModelSerializer):
    """What may be corrected about a person."""

    serializer_related_field = LookedUp
    nik = serializers.CharField(
        write_only=True, required=False, allow_blank=True, validators=[validate_nik]
    )
    passport = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=20
    )
    skills = WriteSkillClaim(many=True, required=False, max_length=100)
    languages = WriteLanguageCertificate(many=True, required=False, max_length=100)
    education = WriteEducation(many=True, required=False, max_length=100)
    employment = WriteEmployment(many=True, required=False, max_length=100)
    facts = WriteFact(many=True, required=False, max_length=100)
    sensitive_facts = WriteFact(
        many=True, required=False, max_length=100, write_only=True
    )

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
            "passport",
            "skills",
            "languages",
            "education",
            "employment",
            "facts",
            "sensitive_facts",
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
