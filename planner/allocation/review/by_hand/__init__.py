"""A plan made by hand: read from a file, and held against the plan of a run."""
