"""May I ask for, submit, sign, publish or replan this?"""
