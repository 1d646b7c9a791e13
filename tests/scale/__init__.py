"""What is promised for 20,000 people, measured: ``make scale``."""
