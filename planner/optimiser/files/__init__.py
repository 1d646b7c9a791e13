"""Instances and results on disk, as JSON for people and NPZ for size."""
