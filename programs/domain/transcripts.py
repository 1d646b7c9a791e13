"""Transcripts: the skills a stay gave, and what they are worth afterwards."""

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import PlacementState, SkillEvidence
from programs.event_kinds import EventKind
from programs.models import SkillAchieved, SkillClaim
from programs.refusals import Refusal, RefusalKind
from programs.roles import Permission

from . import audit, awaited, claims, events, transactions
from .actors import require_party

WRITABLE = (
    PlacementState.ARRIVED,
    PlacementState.COMPLETED,
    PlacementState.ENDED_EARLY,
)


@transactions.verb
def record(*, placement, lines, by, now):
    """Write the whole transcript as the host; it replaces the one before.

    A skill achieved raises the person's claim to that level, with the host as its
    evidence; it never lowers one.

    Parameters
    ----------
    lines: dicts with ``skill``, ``level`` (0-4) and ``evidence``.
    """
    require_party(
        by,
        Permission.RATE,
        institution_id=placement.slot.host_id,
        program=placement.slot.intake.program,
    )
    _require_stay(placement)
    _require_each_once(lines)
    with transactions.atomic():
        # Two who write it at once replace it one after the other.
        claims.claim(people=[placement.application.participant_id])
        placement.skills_achieved.all().delete()
        SkillAchieved.objects.bulk_create(
            [SkillAchieved(placement=placement, **line) for line in lines]
        )
        for line in lines:
            _raise_claim(placement.application.participant_id, line)
        awaited.look_again([placement.application.participant_id])
        audit.record(
            by=by,
            action=AuditAction.TRANSCRIPTS_RECORD,
            obj=placement,
            data={"lines": len(lines)},
            now=now,
        )
        events.emit(
            kind=EventKind.TRANSCRIPT_WRITTEN,
            obj=placement,
            institutions=[
                placement.application.nominated_by_id,
                placement.slot.host_id,
            ],
            now=now,
        )
    return list(placement.skills_achieved.select_related("skill"))


def _require_stay(placement):
    if placement.state not in WRITABLE:
        raise Refusal(
            "no-stay",
            _("A transcript is written after the person has arrived."),
            kind=RefusalKind.CONFLICT,
        )


def _require_each_once(lines):
    seen = set()
    for place, line in enumerate(lines):
        if line["skill"].pk in seen:
            raise Refusal(
                "skill-twice", _("A skill is listed twice."), field=f"lines/{place}"
            )
        seen.add(line["skill"].pk)


def _raise_claim(participant_id, line):
    claim, is_new = SkillClaim.objects.get_or_create(
        participant_id=participant_id,
        skill=line["skill"],
        defaults={"level": line["level"], "evidence": SkillEvidence.HOST},
    )
    if not is_new and claim.level < line["level"]:
        claim.level, claim.evidence = line["level"], SkillEvidence.HOST
        claim.valid_to = None
        claim.save()
