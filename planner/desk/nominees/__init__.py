"""Who is nominated by us?"""
