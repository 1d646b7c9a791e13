"""Big files: judged and taken by a worker, while people watch or do something else."""
