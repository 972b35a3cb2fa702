"""Dagster's side of the public registry: its three assets, and the sensor of their folder."""
