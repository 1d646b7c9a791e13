"""How are places shared out by a table?"""
