"""What the seven assets of a roster have in common: partitions, group, owners."""

from collections.abc import Callable
from typing import Any

from dagster import AssetsDefinition

from provider_assets.orchestration.partitions import rosters
from provider_assets.orchestration.prefixed import asset

DELIVERY = "delivery"
OWNERS = ["team:data-engineering"]


def roster_asset(**given: Any) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """Dagster's `asset`, partitioned by roster; `given` is what this one has of its own."""

    def made(function: Callable[..., Any]) -> AssetsDefinition:
        common: dict[str, Any] = {
            "partitions_def": rosters,
            "group_name": DELIVERY,
            "owners": OWNERS,
        }
        definition: AssetsDefinition = asset(**common, **given)(function)
        return definition

    return made
