"""What did we tell whom?"""
