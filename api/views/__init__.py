"""Views, one module a resource; each only declares."""
