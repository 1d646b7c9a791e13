"""A skill named by framework and code, wherever one is sent."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from programs.models import Skill

from .base import Body


class SkillByCode(Body):
    """Base of rows that name a skill; ``skill`` replaces the two codes."""

    framework = serializers.CharField(max_length=20)
    code = serializers.CharField(max_length=40)

    def validate(self, data):
        framework, code = data.pop("framework"), data.pop("code")
        known = self.context.get("known")
        skill = (
            known.named(Skill, framework, code)
            if known
            else Skill.objects.filter(framework=framework, code=code).first()
        )
        if skill is None:
            raise serializers.ValidationError(
                {"code": _("This skill is not in the reference list.")}
            )
        return {"skill": skill, **data}
