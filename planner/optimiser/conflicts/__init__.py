"""Why nothing is feasible: elastic programs and smallest conflicts."""
