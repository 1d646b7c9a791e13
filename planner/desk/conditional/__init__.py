"""Which places are conditional, what do they wait for, and what is due this week?"""
