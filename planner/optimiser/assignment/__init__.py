"""Generalised assignment: problems that are nothing but bins, off the main path."""
