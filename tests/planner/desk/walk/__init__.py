"""A walk over every address of the desk, as everybody there is."""
