"""What would this file do?"""
