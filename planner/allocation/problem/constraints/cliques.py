"""Which stays meet: the maximal sets of intervals that overlap at one moment.

Half-open intervals overlap pairwise exactly when they share a moment (Helly in one
dimension), so a limit on every maximal set is a limit at every moment, and exact.
"""


def cliques(spans):
    """Return (indexes, first moment) of every maximal set of overlapping intervals.

    Parameters
    ----------
    spans: (start, end) pairs; the end is the first moment after.
    """
    starts = sorted({start for start, _end in spans})
    sets = [
        (
            frozenset(
                i for i, (first, after) in enumerate(spans) if first <= t < after
            ),
            t,
        )
        for t in starts
    ]
    kept = []
    for number, (members, since) in enumerate(sets):
        later = (other for other, _t in sets[number + 1 :])
        earlier = (other for other, _t in kept)
        if not any(members <= other for other in (*later, *map(frozenset, earlier))):
            kept.append((sorted(members), since))
    return kept
