"""How the methods work together: a tier, tiers, blocks, solvers side by side."""
