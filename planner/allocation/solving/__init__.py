"""Serving a run: its snapshot, its child process, its parts, what is kept between."""
