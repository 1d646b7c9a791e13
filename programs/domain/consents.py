"""Consents of people: given with evidence, withdrawn at any time, with what follows."""

from django.utils.translation import gettext as _

from programs.audit_actions import AuditAction
from programs.choices import (
    CONSENT_PURPOSES,
    PLANNING_PURPOSES,
    Disability,
    LegalBasis,
    Purpose,
    TransferGround,
)
from programs.days import day_of
from programs.models import Consent, ProcessingPurpose, TransferBasis
from programs.refusals import Refusal, RefusalKind

from . import audit, checks, transactions
from .actors import name_of
from .officers import keep_known, require_officer_or_sender


@transactions.verb
def give(*, participant, purpose, given_on, evidence, by, now, country=None):
    """Record a person's consent.

    Parameters
    ----------
    purpose: a ``Purpose`` of ``CONSENT_PURPOSES``; ``country`` goes with a transfer.
    given_on: the day on which the person consented. evidence: where that can be seen,
        such as the form and its number.

    Raises
    ------
    Refusal: the purpose takes no consent, the day is to come, it was given already.
    """
    require_officer_or_sender(participant, by)
    _require_consentable(participant, purpose, given_on, now)
    row = Consent(
        participant=participant,
        purpose=purpose,
        country=country,
        given_on=given_on,
        evidence=evidence.strip(),
        recorded_at=now,
        recorded_by=name_of(by),
    )
    with transactions.atomic():
        keep_known(participant)
        _require_new(participant, purpose, country)
        checks.save(row)
        _note(AuditAction.CONSENTS_GIVE, row, by, now)
    return row


@transactions.verb
def withdraw(*, consent, by, now):
    """Withdraw a consent; what rests on it alone ends at once.

    Returns
    -------
    Sentences that tell the person what follows.
    """
    require_officer_or_sender(consent.participant, by)
    with transactions.atomic():
        open_ = Consent.objects.in_force().filter(pk=consent.pk)
        if not open_.update(withdrawn_at=now, withdrawn_by=name_of(by)):
            raise Refusal(
                "withdrawn-already",
                _("This consent was withdrawn already."),
                kind=RefusalKind.CONFLICT,
            )
        if consent.purpose == Purpose.DISABILITY:
            forget_disability(consent.participant)
        _note(AuditAction.CONSENTS_WITHDRAW, consent, by, now)
    consent.refresh_from_db()
    return consequences(consent)


def consequences(consent):
    """Return what the withdrawal of a consent does, as sentences for the person."""
    if consent.purpose == Purpose.DISABILITY:
        return [_("The declared disability is deleted; no quota counts it any more.")]
    if consent.purpose == Purpose.TRANSFER:
        return [_after_transfer(consent)]
    row = ProcessingPurpose.objects.get(purpose=consent.purpose)
    if row.legal_basis == LegalBasis.CONSENT:
        return [
            _(
                "The person leaves every new plan. A place that was offered stays "
                "until it is declined or withdrawn."
            )
        ]
    return [
        _(
            "“%(purpose)s” rests on %(basis)s and goes on; the person may object, or "
            "ask for restriction."
        )
        % {
            "purpose": consent.get_purpose_display(),
            "basis": row.get_legal_basis_display(),
        }
    ]


def forget_disability(participant):
    """Delete what a person declared about a disability; the column has no history."""
    participant.disability = Disability.NONE
    type(participant).objects.filter(pk=participant.pk).update(
        disability=Disability.NONE
    )


def missing(participant):
    """Return the purposes of planning that rest on a consent this person has not given.

    Returns
    -------
    Labels of purposes, in the reader's language.
    """
    wanted = ProcessingPurpose.objects.on_consent(*PLANNING_PURPOSES)
    in_force = Consent.objects.in_force().filter(participant=participant)
    lacking = wanted - set(in_force.values_list("purpose", flat=True))
    return [str(Purpose(each).label) for each in sorted(lacking)]


def _after_transfer(consent):
    country = {"country": consent.country}
    by_consent = TransferBasis.objects.filter(
        country=consent.country_id, ground=TransferGround.CONSENT
    )
    if by_consent.exists():
        return (
            _(
                "No new plan places the person in %(country)s. A place that was "
                "offered stays until it is declined or withdrawn."
            )
            % country
        )
    return (
        _(
            "Data go to %(country)s on another basis; the person may object, or ask "
            "for restriction."
        )
        % country
    )


def _require_consentable(participant, purpose, given_on, now):
    if purpose not in CONSENT_PURPOSES:
        raise Refusal(
            "no-consent-needed",
            _("This purpose is a duty of the ministry; nobody consents to it."),
            field="purpose",
        )
    if given_on > day_of(now):
        raise Refusal(
            "given-later", _("It cannot have been given after today."), field="given_on"
        )


def _require_new(participant, purpose, country):
    twins = Consent.objects.in_force().filter(
        participant=participant, purpose=purpose, country=country
    )
    if twins.exists():
        raise Refusal(
            "consented-already",
            _("This consent is recorded already, and in force."),
            kind=RefusalKind.CONFLICT,
        )


def _note(action, row, by, now):
    data = {"purpose": row.purpose, "consent": str(row.pk)}
    if row.country_id:
        data["country"] = row.country_id
    audit.record(by=by, action=action, obj=row.participant, data=data, now=now)
