"""Who is registered twice?"""
