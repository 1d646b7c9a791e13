"""How do I start a program?"""
