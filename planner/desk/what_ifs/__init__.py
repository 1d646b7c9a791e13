"""What if this person were there, or this limit were higher?"""
