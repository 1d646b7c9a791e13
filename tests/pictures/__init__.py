"""The pictures of README and guides, taken from the demo with a real browser."""
