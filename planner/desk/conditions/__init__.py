"""Conditions: what does this one mean, and whom would it let through?"""
