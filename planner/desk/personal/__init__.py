"""What about me? A person's own page, and the links to it."""
