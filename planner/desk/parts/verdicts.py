"""What the rules of eligibility say, in a colour and in words."""

from django.utils.translation import gettext_lazy

from programs import eligibility

VERDICTS = {
    "eligible": gettext_lazy("meets the rules"),
    "conditional": gettext_lazy("on a condition"),
    "not_yet": gettext_lazy("not yet"),
    "ineligible": gettext_lazy("does not fit"),
}
COLOURS = {
    "eligible": "success",
    "conditional": "warning",
    "not_yet": "danger",
    "ineligible": "danger",
}


def state_of(verdict):
    """Return how a verdict is shown; a condition that bars a plan is not met yet."""
    if verdict.verdict == "conditional" and not verdict.placeable:
        return "not_yet"
    return verdict.verdict


def told_verdict(status, fits, reasons):
    """Return a verdict's colour and words, and each reason with its earliest day."""
    if fits:
        name = "eligible" if status == eligibility.PASS else "conditional"
    else:
        name = "not_yet" if status < eligibility.FAIL else "ineligible"
    return {
        "colour": COLOURS[name],
        "verdict": VERDICTS[name],
        "reasons": [
            {"text": eligibility.text(reason), "earliest": reason.earliest}
            for reason in reasons
        ],
    }
