"""The admin's site: who may enter, what is in the menu, how it looks."""
