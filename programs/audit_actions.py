"""What the audit trail may say was done: a closed list, each action with its words.

Actions are stored and hashed, so a value never changes and never goes: what is no
longer written moves to ``FORMER`` and keeps its words.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditAction(models.TextChoices):
    """Who did what, in a short code for the trail; the label is for people."""

    DESK_ADD = "desk.add", _("added on the desk")
    DESK_CHANGE = "desk.change", _("changed")
    DESK_DELETE = "desk.delete", _("deleted")
    DESK_EXPORT = "desk.export", _("taken away as a file")
    BULK_RECEIVE = "bulk.receive", _("list of a partner received")
    DEMO_LOAD = "demo.load", _("demo data loaded")
    PROGRAMS_LOAD = "programs.load", _("loaded with the rules of its regulation")

    AGREEMENTS_PROPOSED = "agreements.proposed", _("proposed")
    AGREEMENTS_IN_FORCE = "agreements.in_force", _("in force")
    AGREEMENTS_EXPIRED = "agreements.expired", _("expired")
    AGREEMENTS_TERMINATED = "agreements.terminated", _("terminated")

    INTAKES_COPY = "intakes.copy", _("made from an intake of before")
    INTAKES_OPEN = "intakes.open", _("open")
    INTAKES_CLOSED = "intakes.closed", _("closed")
    INTAKES_ALLOCATING = "intakes.allocating", _("allocating")
    INTAKES_DECIDED = "intakes.decided", _("decided")
    INTAKES_RUNNING = "intakes.running", _("running")
    INTAKES_COMPLETED = "intakes.completed", _("completed")
    INTAKES_CANCELLED = "intakes.cancelled", _("cancelled")

    SLOTS_PROPOSE = "slots.propose", _("proposed")
    SLOTS_UPDATE = "slots.update", _("changed")
    SLOTS_OPEN = "slots.open", _("open")
    SLOTS_WITHDRAWN = "slots.withdrawn", _("withdrawn")

    PARTICIPANTS_REGISTER = "participants.register", _("registered")
    PARTICIPANTS_VERIFY = (
        "participants.verify",
        _("confirmed what was stated about a person"),
    )
    PARTICIPANTS_UPDATE = "participants.update", _("changed")
    PARTICIPANTS_KNOWN_ELSEWHERE = (
        "participants.known_elsewhere",
        _("known to another institution too"),
    )
    PARTICIPANTS_CONFIRM_NIK = (
        "participants.confirm_nik",
        _("NIK confirmed, though it holds another date of birth"),
    )
    PARTICIPANTS_JOIN = (
        "participants.join",
        _("said to be one human with another registration"),
    )
    PARTICIPANTS_PART = (
        "participants.part",
        _("said not to be one human with another registration"),
    )
    PARTICIPANTS_MERGE = (
        "participants.merge",
        _("merged with another registration of the same human"),
    )
    PARTICIPANTS_UNMERGE = (
        "participants.unmerge",
        _("merger with another registration undone"),
    )
    PARTICIPANTS_FIND_BY_NIK = "participants.find_by_nik", _("looked for by NIK")
    PARTICIPANTS_READ = "participants.read", _("full record read")
    PARTICIPANTS_REVEAL = "participants.reveal", _("protected data shown")
    PARTICIPANTS_EXPORT = "participants.export", _("taken away as a file")
    PARTICIPANTS_REMOVE = (
        "participants.remove",
        _("taken out again with the import that brought it"),
    )
    PARTICIPANTS_ERASE = "participants.erase", _("personal data erased")

    RIGHTS_RECEIVE = "rights.receive", _("request about the own data received")
    RIGHTS_ANSWER = "rights.answer", _("request about the own data answered")

    RIGHTS_RESTRICT = "rights.restrict", _("processing restricted")
    RIGHTS_LIFT = "rights.lift", _("restriction lifted")
    CONSENTS_GIVE = "consents.give", _("consent recorded")
    CONSENTS_WITHDRAW = "consents.withdraw", _("consent withdrawn")
    RETENTION_ANNOUNCE = "retention.announce", _("erasure announced, its time is over")
    RETENTION_CALL_OFF = "retention.call_off", _("announced erasure called off")
    RETENTION_FORGET = (
        "retention.forget",
        _("declared disability deleted, its time is over"),
    )

    BREACHES_RECORD = "breaches.record", _("data breach noted")
    BREACHES_TELL = "breaches.tell", _("data breach: told, or measures noted")

    APPLICATIONS_SUBMIT = "applications.submit", _("handed in")
    APPLICATIONS_UPDATE = "applications.update", _("changed")
    APPLICATIONS_SET_PREFERENCES = (
        "applications.set_preferences",
        _("preferences changed"),
    )
    APPLICATIONS_JUDGE = "applications.judge", _("judged by the rules")
    APPLICATIONS_REMOVE = (
        "applications.remove",
        _("taken out again with the import that brought it"),
    )
    APPLICATIONS_WITHDRAW = "applications.withdraw", _("withdrawn")

    LINKS_ISSUE = "links.issue", _("link to the own page made")
    LINKS_WITHDRAW = "links.withdraw", _("links to the own page withdrawn")
    LINKS_OPEN = "links.open", _("own page opened by the person")

    TEAMS_FORM = "teams.form", _("team formed")
    TEAMS_DISBAND = "teams.disband", _("team dissolved")
    PINS_PIN = "pins.pin", _("pinned")
    PINS_FORBID = "pins.forbid", _("forbidden")
    PINS_REMOVE = "pins.remove", _("removed")
    HOST_RATINGS_RATE = "host_ratings.rate", _("rated by the host")
    TRANSCRIPTS_RECORD = "transcripts.record", _("transcript written")

    PLACEMENTS_OFFER = "placements.offer", _("offered")
    PLACEMENTS_ACCEPTED = "placements.accepted", _("accepted")
    PLACEMENTS_DECLINED = "placements.declined", _("declined")
    PLACEMENTS_EXPIRED = "placements.expired", _("expired")
    PLACEMENTS_CONFIRMED = "placements.confirmed", _("confirmed by the host")
    PLACEMENTS_REJECTED = "placements.rejected", _("rejected by the host")
    PLACEMENTS_DEPARTED = "placements.departed", _("departed")
    PLACEMENTS_ARRIVED = "placements.arrived", _("arrived")
    PLACEMENTS_COMPLETED = "placements.completed", _("completed")
    PLACEMENTS_ENDED_EARLY = "placements.ended_early", _("ended early")
    PLACEMENTS_NO_SHOW = "placements.no_show", _("did not arrive")
    PLACEMENTS_SUPERSEDED = "placements.superseded", _("replaced by a later plan")
    PLACEMENTS_LAPSED = (
        "placements.lapsed",
        _("lapsed: a condition was not met in time"),
    )
    PLACEMENTS_CONDITION_MET = (
        "placements.condition_met",
        _("a condition of the place was met"),
    )
    PLACEMENTS_CONDITION_REOPENED = (
        "placements.condition_reopened",
        _("a condition of the place is no longer met"),
    )
    PLACEMENTS_CONDITION_EXTENDED = (
        "placements.condition_extended",
        _("more time given for a condition of the place"),
    )
    PLACEMENTS_CONDITION_WAIVED = (
        "placements.condition_waived",
        _("a condition of the place waived"),
    )
    PLACEMENTS_CHANGE_PROPOSED = (
        "placements.change_proposed",
        _("proposed to change the stay"),
    )
    PLACEMENTS_CHANGE_CONSENTED = (
        "placements.change_consented",
        _("agreed to change the stay, for one side"),
    )
    PLACEMENTS_CHANGE_AGREED = "placements.change_agreed", _("changed the stay")
    PLACEMENTS_CHANGE_REFUSED = (
        "placements.change_refused",
        _("refused to change the stay"),
    )
    PLACEMENTS_CHANGE_WITHDRAWN = (
        "placements.change_withdrawn",
        _("took the change of the stay back"),
    )
    PLACEMENTS_CHANGE_LAPSED = (
        "placements.change_lapsed",
        _("did not answer the change of the stay in time"),
    )

    COST_RULES_ADD = "cost_rules.add", _("added")
    COST_RULES_CHANGE = "cost_rules.change", _("changed")
    BUDGETS_ADD = "budgets.add", _("added")
    BUDGETS_CHANGE = "budgets.change", _("changed")

    POLICIES_ADD = "policies.add", _("added")
    POLICIES_CHANGE = "policies.change", _("changed")
    POLICIES_REMOVE = "policies.remove", _("removed")

    NEEDS_ASK = "needs.ask", _("asked for what an intake lacks")
    NEEDS_MEET = "needs.meet", _("added what was asked for")
    NEEDS_REFUSE = "needs.refuse", _("refused what was asked for")
    MESSAGES_QUEUE = "messages.queue", _("e-mails ordered")
    LETTERS_ORDER = "letters.order", _("letters to print ordered")
    LETTERS_TAKE = "letters.take", _("letters to print taken away as a file")
    MESSAGES_BOUNCE = "messages.bounce", _("e-mails noted that came back")
    MESSAGES_SEND_AGAIN = "messages.send_again", _("e-mail ordered once more")

    TRANSFER_RECEIVE = "transfer.receive", _("file received")
    TRANSFER_CHECK = "transfer.check", _("file judged, nothing written")
    TRANSFER_APPLY = "transfer.apply", _("rows of the file written")
    TRANSFER_DISCARD = "transfer.discard", _("file thrown away")
    TRANSFER_UNDO = "transfer.undo", _("import undone")
    TRANSFER_FORGET = "transfer.forget", _("file deleted after its time")
    TRANSFER_EXPORT = "transfer.export", _("taken away as a file")

    SCENARIOS_CREATE = "scenarios.create", _("created")
    RUNS_REQUEST = "runs.request", _("run asked for")
    RUNS_CANCEL = "runs.cancel", _("cancelled")
    RUNS_SOLVED = "runs.solved", _("solved")
    RUNS_INFEASIBLE = "runs.infeasible", _("infeasible")
    RUNS_FAILED = "runs.failed", _("failed")
    RUNS_CANCELLED = "runs.cancelled", _("cancelled")
    RUNS_SUBMITTED = "runs.submitted", _("submitted")
    RUNS_APPROVED_ONCE = "runs.approved_once", _("first of two approvals given")
    RUNS_APPROVED = "runs.approved", _("approved")
    RUNS_PUBLISHED = "runs.published", _("published")
    RUNS_REJECTED = "runs.rejected", _("rejected")
    RUNS_SUPERSEDED = "runs.superseded", _("superseded")
    RUNS_WHAT_IF = "runs.what_if", _("asked what if")
    RUNS_BY_HAND = "runs.by_hand", _("compared with a plan made by hand")
    RUNS_EXPORT_PACK = "runs.export_pack", _("decision pack taken away")
    PUBLICATIONS_PUBLISH = "publications.publish", _("published")
    RESERVES_SUGGEST = "reserves.suggest", _("successor suggested")
    RESERVES_CONFIRMED = "reserves.confirmed", _("offered")
    RESERVES_DISMISSED = "reserves.dismissed", _("dismissed")
    RESERVES_OUTDATED = "reserves.outdated", _("no longer possible")
    RESERVES_MOVE_UP = "reserves.move_up", _("moved up from the waiting list")

    ACCOUNTS_CLOSE = "accounts.close", _("account of the demonstration closed")
    ACCOUNTS_RESET_SECOND_FACTOR = (
        "accounts.reset_second_factor",
        _("lost second factor removed"),
    )
    CLOCK_JUMPED = "clock.jumped", _("clock moved by more than a day")
    CLOCK_CONFIRMED = "clock.confirmed", _("clock confirmed by a person")
    API_KEYS_ISSUE = "api_keys.issue", _("key issued")
    API_KEYS_ISSUE_TEST = "api_keys.issue_test", _("test key issued")
    API_KEYS_ROTATE = "api_keys.rotate", _("key replaced")
    API_KEYS_REVOKE = "api_keys.revoke", _("key revoked")
    WEBHOOKS_REGISTER = "webhooks.register", _("registered")
    WEBHOOKS_CHANGE = "webhooks.change", _("changed")
    WEBHOOKS_ROTATE = "webhooks.rotate", _("secret replaced")
    WEBHOOKS_PING = "webhooks.ping", _("tried with a ping")
    WEBHOOKS_REPLAY = "webhooks.replay", _("messages sent again")
    WEBHOOKS_REMOVE = "webhooks.remove", _("removed")
    WEBHOOKS_GIVE_UP = "webhooks.give_up", _("given up after five days of failures")


FORMER = {
    f"{kind}.import_{what}": words
    for kind in ("slots", "cost_rules", "budgets")
    for what, words in (
        ("new", _("added by a file")),
        ("changed", _("changed by a file")),
    )
}
"""Actions of old entries that nothing writes any more."""


def words_of(action):
    """Return what an action of the trail means, in the reader's language.

    Parameters
    ----------
    action: as stored; one of an older release than any list here is shown as it is.
    """
    if action in AuditAction.values:
        return AuditAction(action).label
    return FORMER.get(action, action)
