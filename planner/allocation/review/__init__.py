"""Whether a plan still holds, how it compares, and whether every promise is kept."""
