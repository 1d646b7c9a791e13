"""What people do with runs, one verb a module."""
