"""The independent check of a plan and its bound: imports the model alone."""
