"""A process that solves by branch and cut: imports nothing of this package."""
