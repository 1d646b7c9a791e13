"""May this stay be changed?"""
