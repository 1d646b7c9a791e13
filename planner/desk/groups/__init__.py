"""Why not my province?"""
