"""Is this intake ready to plan?"""
