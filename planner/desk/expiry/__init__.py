"""What runs out? Rates, lists, routes, agreements and rules that have an end."""
