"""What the API costs beside views that somebody wrote by hand: ``make speed``."""
