"""What placing a person somewhere is worth, in whole points, and of what it is made.

The weights are an ``ObjectiveProfile``; each part is a share of its weight:

placement   all of it, for being placed at all
arrival     on a pathway what arriving is worth, by its chance (``programs.arrivals``)
priority    the weight for each carry-over point of the application
merit       merit score / 100
skills      mean over the skills the slot names: a preferred one counts by how much of
            its level is held, a required one half when it is just met and whole when
            it is exceeded; a slot that names none counts half
preference  the first choice whole, each later one less by 1 / choices; unranked nothing
host        the host's score / 100; a person the host has not scored counts half
condition   for each condition of the profile that holds, all of its points

Halves are rounded up; a pathway has the mean of skills, hosts and condition over its
steps.
"""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from programs.conditions.who import Who
from programs.eligibility.rules.skills import skill_level

FULL = 12
"""A skill fully held, in twelfths: levels up to 4 divide it."""


@dataclass(frozen=True, eq=False)
class Value:
    """Points of each part, and their total, one entry a pair or option."""

    parts: dict

    @property
    def total(self):
        """The sum of the parts."""
        return sum(self.parts.values())


def who_of(profile, applications, slots, days=None, judge=None):
    """Return who meets the conditions of a profile, of these people at these slots.

    Parameters
    ----------
    applications, slots: querysets. days: of stays that are not as long as their slots.
    judge: what is known of these people already, shared with other rules.
    """
    name = _("the objective profile %(profile)s") % {"profile": profile}
    texts = {condition: name for condition, _points in profile.pointed}
    return Who(texts, applications, slots, days, judge)


def value(facts, person, column, *, profile, rank, who, arrivals=None):
    """Value pairs of people and columns.

    Parameters
    ----------
    facts: from ``eligibility.load``. person, column: index arrays of the same length.
    profile: the weights. rank: the place among the person's wishes, 0 for none.
    who: from ``who_of``. arrivals: from ``arrivals.load``, where a pathway counts.
    """
    ptr = np.arange(len(column) + 1)
    person, column = np.asarray(person), np.asarray(column)
    return _value(facts, person, rank, ptr, column, profile, who, arrivals or {})


def value_of_options(facts, options, *, profile, who, arrivals=None):
    """Value options, slots and pathways alike, in the order they have."""
    way = options.person, options.rank, options.ptr, options.columns
    return _value(facts, *way, profile, who, arrivals or {})


def _value(facts, person, rank, ptr, columns, profile, who, arrivals):
    steps = np.diff(ptr)
    everyone = np.repeat(person, steps)
    people = facts.people
    choices = facts.slots.max_choices[columns[ptr[:-1]]].astype(np.int64)
    wish = np.where(np.asarray(rank) > 0, np.maximum(choices - rank + 1, 0), 0)
    fit, named = _fit(facts, everyone, columns)
    skill_share = _sum_over_steps(fit * _COMMON // named, ptr)
    host_share = _sum_over_steps(_host_score(facts, everyone, columns), ptr)
    return Value(
        {
            "placement": np.full(len(person), profile.placement_points, np.int64),
            "arrival": _arrival(facts, arrivals, profile)[columns[ptr[:-1]]],
            "priority": people.carry_over[person].astype(np.int64)
            * profile.priority_points,
            "merit": _share(profile.merit_points, people.merit[person], 10_000),
            "skills": _share(profile.skill_points, skill_share, FULL * _COMMON * steps),
            "preference": _share(profile.preference_points, wish, choices),
            "host": _share(profile.host_points, host_share, 100 * steps),
            "condition": _of_conditions(facts, everyone, columns, ptr, profile, who),
        }
    )


_COMMON = 27_720
"""Divisible by every count of named skills up to 12, so that means are exact."""


def _share(points, part, whole):
    """Return points x part / whole, rounded to the nearest integer, halves up."""
    part = np.asarray(part, dtype=np.int64)
    return (2 * points * part + whole) // (2 * np.asarray(whole, dtype=np.int64))


def _sum_over_steps(values, ptr):
    """Return each option's sum; whoever wants the mean divides by its steps."""
    return np.add.reduceat(values, ptr[:-1]) if len(ptr) > 1 else values


def _arrival(facts, arrivals, profile):
    """Return what arriving adds, by column: every step of a pathway has all of it."""
    points = np.zeros(facts.columns, np.int64)
    for pathway, columns in facts.pathways.items():
        if pathway in arrivals:
            points[list(columns)] = arrivals[pathway].points(profile.placement_points)
    return points


def _of_conditions(facts, person, column, ptr, profile, who):
    """Return the points of each option for all conditions that are met."""
    where = who.where(list(facts.people.application), list(facts.slots.slot))
    total = np.zeros(len(ptr) - 1, np.int64)
    for condition, points in profile.pointed:
        met = who.of_pairs(condition, where, person, column).astype(int)
        total += _share(points, _sum_over_steps(met, ptr), np.diff(ptr))
    return total


def _host_score(facts, person, column):
    key = person.astype(np.int64) * facts.columns + column
    place = np.searchsorted(facts.score_key, key)
    known = np.isin(key, facts.score_key)
    score = np.full(len(key), 50, dtype=np.int64)
    score[known] = facts.score[place[known]]
    return score


def _fit(facts, person, column):
    """Return (twelfths of the named skills, how many are named)."""
    slots = facts.slots
    no_skill = facts.people.skill.shape[1] - 1
    fit = np.zeros(len(column), dtype=np.int64)
    named = np.zeros(len(column), dtype=np.int64)
    for place in range(slots.skill.shape[1]):
        asked = slots.skill[column, place] != no_skill
        held = skill_level(facts, person, column, slots.skill[column, place])
        half = np.where(held > slots.level[column, place], FULL, FULL // 2)
        fit += np.where(asked, half, 0)
        named += asked
    for place in range(slots.preferred.shape[1]):
        asked = slots.preferred[column, place] != no_skill
        held = skill_level(facts, person, column, slots.preferred[column, place])
        level = np.maximum(slots.preferred_level[column, place], 1).astype(np.int64)
        fit += np.where(asked, np.minimum(held, level) * FULL // level, 0)
        named += asked
    return np.where(named > 0, fit, FULL // 2), np.maximum(named, 1)
