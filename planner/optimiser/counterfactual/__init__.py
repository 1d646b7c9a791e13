"""What would have to be different: questions asked of a plan, answered by witnesses."""
