"""Shapes of what is read and written, one module a resource."""
