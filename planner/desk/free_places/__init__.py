"""Who could take a free place?"""
