"""The inner loops, compiled by Numba where that pays."""
