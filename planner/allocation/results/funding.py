"""Who pays what for whom: the flows of a plan, laid out person by person."""

from collections import defaultdict


def lay_out(outcome):
    """Return {pair: [(budget line, category, amount)]} for the pairs of a plan.

    Pools are served in the order of the people, line after line, so that few people
    have one cost split between two payers.
    """
    taken = outcome.snapshot
    rest = {pool: list(lines.items()) for pool, lines in outcome.flow.items()}
    position = {line.pk: at for at, line in enumerate(taken.rows.budget_lines)}
    paid = {}
    for option in outcome.chosen.tolist():
        for pair in taken.offers.pairs_of(option).tolist():
            paid[pair] = []
            tariff = taken.tariffs.entries[taken.pairs.tariff[pair]]
            for category, year, amount, payers in tariff:
                lines = tuple(sorted(position[line] for line in payers))
                parts = draw(rest[taken.pools[year, lines]], amount)
                paid[pair] += [(line, category, part) for line, part in parts]
    return paid


def draw(rest, amount):
    """Take an amount from the front of what lines still give a pool."""
    parts = []
    while amount:
        line, left = rest[0]
        part = min(amount, left)
        if part:
            parts.append((line, part))
            amount -= part
        if part == left:
            rest.pop(0)
        else:
            rest[0] = (line, left - part)
    return parts


def by_source(lines, parts):
    """Return a pair's funding as stored rows, one per source, year and category."""
    sums = defaultdict(int)
    for line, category, amount in parts:
        sums[lines[line].source.code, lines[line].year, category] += amount
    return [
        {"source": source, "year": year, "category": category, "amount": amount}
        for (source, year, category), amount in sorted(sums.items())
    ]
