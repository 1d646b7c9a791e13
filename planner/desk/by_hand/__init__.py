"""Does a plan made by hand hold, and what would the run's plan gain over it?"""
