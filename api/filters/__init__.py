"""Query parameters, one module a resource; unknown ones are refused."""
