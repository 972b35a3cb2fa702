"""How processes run: all that leans on Dagster's private side, and nothing else."""
