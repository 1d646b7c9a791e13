"""Places that are free again, and who may take them."""
