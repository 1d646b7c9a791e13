"""Is everything whole?"""
