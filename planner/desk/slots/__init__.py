"""What is this slot, who could take it, and why is it filled as it is?"""
