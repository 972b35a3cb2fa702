"""What the command line does with Dagster: runs in its own process, and their results."""
