"""The data of a problem and of a result: arrays, limits, plans, claims; no solver."""
