"""Integer programs, and the solvers they are given to."""
