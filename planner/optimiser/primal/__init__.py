"""Heuristics that make plans and better them, up to large neighbourhood search."""
