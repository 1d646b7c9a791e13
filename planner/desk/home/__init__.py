"""What waits for me?"""
