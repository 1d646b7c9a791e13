"""What differs between two plans, or between a plan and the data of now?"""
