"""What a solve does at a moment, and why it ended, in words."""

from django.utils.translation import gettext_lazy as _

PHASES = {
    "start": _("starting"),
    "snapshot": _("reading people, slots, money and rules"),
    "at once": _("looking for the best plan and its proof at once"),
    "prices": _("finding what each limit is worth"),
    "greedy": _("building a first plan"),
    "round": _("building a first plan"),
    "cohorts": _("deciding which cohorts run"),
    "split": _("looking for parts that can be solved apart"),
    "polish": _("improving the plan"),
    "dry": _("placing whoever can simply be placed"),
    "branch and cut": _("searching branch by branch for a better plan"),
    "refute": _("ruling out what cannot be better"),
    "conflict": _("looking for limits that cannot hold together"),
    "core": _("solving the undecided part exactly"),
    "exact": _("proving how good the plan is"),
    "proof": _("proving that no plan is better"),
    "check": _("checking the plan independently"),
    "record": _("writing the plan down"),
}
ENDINGS = {
    "proved": _("nothing was left to decide"),
    "agreed": _("two solvers came to the same end, which is not proven"),
    "gap": _("the plan was good enough"),
    "time": _("the time was up"),
    "work": _("the work allowed was done"),
    "stopped": _("a person stopped it"),
    "exhausted": _("nothing was left to try"),
    "memory": _("the memory was used up"),
    "crashed": _("the solver broke off"),
}
"""Why a solve ended, by the optimiser's word for it."""


def phase_of(name):
    """Return a phase in words.

    A worker of another release may tell one that has no words here: while processes
    are replaced one after the other it is shown by its name. A test keeps the words
    of this release complete.
    """
    return PHASES.get(name, name)


def ending_of(run):
    """Return why a run's solve ended, or nothing before it did; as ``phase_of``."""
    return ENDINGS.get(run.termination, run.termination)
