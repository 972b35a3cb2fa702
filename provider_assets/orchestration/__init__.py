"""Dagster: assets, checks, partitions, IO managers, resources, sensors, jobs, their assembly."""
