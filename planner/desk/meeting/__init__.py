"""What do I take to the meeting?"""
