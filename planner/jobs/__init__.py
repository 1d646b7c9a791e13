"""Jobs: rows that workers serve, one at a time, by lease and fencing token."""
