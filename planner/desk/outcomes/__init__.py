"""Who goes where, and why this person?"""
