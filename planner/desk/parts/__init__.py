"""What several pages show or look up."""
