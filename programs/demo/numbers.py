"""Random numbers by topic, and totals split into whole shares."""

from zlib import crc32

import numpy as np


def stream(seed, *topic):
    """Return the random numbers of a topic: topics do not disturb each other."""
    return np.random.default_rng([seed, crc32("/".join(topic).encode())])


def shares(weights, total):
    """Split a total by weights into whole numbers (largest remainders first)."""
    exact = np.array(weights, float) / sum(weights) * total
    whole = np.floor(exact).astype(int)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole
