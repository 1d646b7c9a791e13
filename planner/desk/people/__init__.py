"""Who is this person, and where could they go?"""
