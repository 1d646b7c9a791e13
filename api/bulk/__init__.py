"""Lists of people and nominations: judged row by row, written batch by batch."""
