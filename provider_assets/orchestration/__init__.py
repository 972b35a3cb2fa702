"""Dagster: assets, checks, partitions, IO managers, resources, sensors, jobs, and their assembly."""
