"""What happens now?"""
