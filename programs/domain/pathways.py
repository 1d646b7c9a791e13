"""Pathways: what is wrong with one as it is to be."""

from django.utils.translation import gettext as _

from programs.refusals import Refusal


def of_goal(pathway):
    """Yield the refusal of a goal that another program has."""
    goal = pathway.goal
    if goal is not None and goal.program_id != pathway.intake.program_id:
        yield Refusal(
            "goal-of-another-program",
            _("“%(goal)s” is a goal of another program.") % {"goal": goal},
            field="goal",
        )


def of_steps(steps):
    """Yield the refusals of the steps that a pathway is to have, in any order."""
    last = max(steps, key=lambda step: step.position, default=None)
    if last is not None and last.pass_percent is not None:
        yield Refusal(
            "last-step-passes",
            _(
                "Whoever reaches the last step has arrived: how many pass it is not "
                "asked; leave it empty."
            ),
            field="pass_percent",
        )
