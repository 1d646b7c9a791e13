"""A season walked with the generated clients, against a server that runs."""
