"""Fairness in words: groups, their shares, and the sentences of the page."""

from django.db import models
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from programs import formats


class GroupBy(models.TextChoices):
    """What people of a group have in common."""

    PROVINCE = "province", gettext_lazy("province")
    SEX = "sex", gettext_lazy("sex")
    DISABILITY = "disability", gettext_lazy("disability")
    INSTITUTION = "institution", gettext_lazy("home institution")
    LIST = "list", gettext_lazy("list of regions")

    @property
    def is_sensitive(self):
        """Whether small groups of it are never counted."""
        return self is GroupBy.DISABILITY


def index_of(group, whole):
    """Return the representation index: the share among the placed by that among all.

    None where nobody is placed, or the group is not counted.

    Parameters
    ----------
    group, whole: with ``people`` and ``placed``.
    """
    if not group["people"] or not whole["placed"]:
        return None
    among_placed = group["placed"] / whole["placed"]
    return among_placed / (group["people"] / whole["people"])


def with_indexes(facts):
    """Return stored figures as others read them: each group with its index.

    Nothing of runs of earlier releases, which have none.
    """
    if not facts:
        return None
    ranked = [{"rank": rank, "places": count} for rank, count in facts["preferences"]]
    groups = [group | {"index": index_of(group, facts)} for group in facts["groups"]]
    return {"draw": None, **facts, "preferences": ranked, "groups": groups}


def sentences(facts):
    """Return what is said of a plan's fairness, the preferences first.

    Parameters
    ----------
    facts: as ``results.fairness`` stores them.
    """
    told = [*preferences(facts), envy(facts), blocking(facts), *inequality(facts)]
    return told + draw(facts.get("draw"))


def draw(told):
    """Return what a public draw decided, and of which intakes there was none.

    Nothing of plans of earlier releases.
    """
    if not told:
        return []
    without = [each["intake"] for each in told["seeds"] if not each["hash"]]
    said = []
    if told["groups"]:
        said.append(
            _(
                "%(people)s people or teams are exactly alike for the plan with others "
                "(%(groups)s groups), and not all could have the same: a public draw "
                "decided who has what."
            )
            % {
                "people": formats.number(told["people"]),
                "groups": formats.number(told["groups"]),
            }
        )
    elif len(without) < len(told["seeds"]):
        said.append(_("No draw was needed among people exactly alike for the plan."))
    if without:
        said.append(
            _(
                "No draw in %(number)s of %(all)s intakes: the audit trail has no "
                "closing that would be the seed, so ties stand as the solver left them."
            )
            % {
                "number": formats.number(len(without)),
                "all": formats.number(len(told["seeds"])),
            }
        )
    return said


def preferences(facts):
    """Yield how many got the first one, the worst one, and the last of theirs."""
    ranked = sum(count for _rank, count in facts["preferences"])
    if not ranked:
        yield _("Nobody who is placed had ranked the place.")
        return
    first = dict(map(tuple, facts["preferences"])).get(1, 0)
    yield _(
        "%(first)s of %(ranked)s places that were ranked are first preferences "
        "(%(share)s); the worst that anybody got is number %(worst)s."
    ) % {
        "first": formats.number(first),
        "ranked": formats.number(ranked),
        "share": formats.percent(first / ranked, decimals=1),
        "worst": formats.number(facts["preferences"][-1][0]),
    }
    if facts["choosing"]:
        yield _(
            "Of %(choosing)s places given where several preferences were open, "
            "%(last)s are the last of them (%(share)s)."
        ) % {
            "choosing": formats.number(facts["choosing"]),
            "last": formats.number(facts["last"]),
            "share": formats.percent(facts["last"] / facts["choosing"], decimals=1),
        }


def envy(facts):
    """Return how many people justly envy somebody, with the definition."""
    if not facts["envious"]:
        return _(
            "Nobody justly envies: nobody prefers a place whose holder is worth less "
            "to the plan there and could take it if the holder left it."
        )
    return ngettext(
        "%(number)s person justly envies: prefers a place whose holder is worth less "
        "to the plan there, and could take it if the holder left it.",
        "%(number)s people justly envy: each prefers a place whose holder is worth "
        "less to the plan there, and could take it if the holder left it.",
        facts["envious"],
    ) % {"number": formats.number(facts["envious"])}


def blocking(facts):
    """Return how many blocking pairs there are, and how many people have room."""
    told = ngettext(
        "%(number)s blocking pair of a person and a slot.",
        "%(number)s blocking pairs of a person and a slot.",
        facts["blocking"],
    ) % {"number": formats.number(facts["blocking"])}
    if facts["able"]:
        told += " " + ngettext(
            "%(number)s person could have a place that the person prefers with nobody "
            "else moving; the plan's goals gave another place, or none.",
            "%(number)s people could have a place that they prefer, each alone, with "
            "nobody else moving; the plan's goals gave another place, or none.",
            facts["able"],
        ) % {"number": formats.number(facts["able"])}
    return told


def inequality(facts):
    """Yield the Gini coefficient of what places are worth."""
    if facts["gini"] is not None:
        yield _(
            "Gini coefficient of the points of those placed: %(gini)s (0: all alike)."
        ) % {"gini": formats.number(facts["gini"], decimals=3)}
