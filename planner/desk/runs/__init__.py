"""How far is a run, and what did it find?"""
