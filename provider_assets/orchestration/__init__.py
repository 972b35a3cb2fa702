"""Dagster: assets, checks, partitions, IO managers, resources, sensors, jobs, their assembly."""

from provider_assets.system import require_unix

require_unix()
