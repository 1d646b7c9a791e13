"""What would more money buy?"""
