"""The jobs: `import_roster` takes one roster through all its assets."""

from typing import TYPE_CHECKING

from dagster import AssetSelection, define_asset_job

from provider_assets.orchestration.departed import providers_are_confirmed
from provider_assets.orchestration.platform import DEFAULT, PLATFORM_TAG, Platform
from provider_assets.orchestration.prefixed import key_of, made_for

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

IMPORT_ROSTER = "import_roster"

ROSTER_ASSETS = (
    "raw_providers",
    "invalid_rows",
    "duplicate_rows",
    "clean_providers",
    "departed_providers",
    "providerinfo_table",
    "roster_report",
)


def import_job(platform: Platform) -> "UnresolvedAssetJobDefinition":
    """The job of one platform."""
    return define_asset_job(
        platform.called(IMPORT_ROSTER),
        # what looks at the whole table would make each import cost more with every one before it
        selection=AssetSelection.assets(*(key_of(platform, name) for name in ROSTER_ASSETS))
        - AssetSelection.checks(made_for(platform, providers_are_confirmed)),
        # after a crash the whole roster again: quick, and it never mixes two runs' frames
        tags={"dagster/retry_strategy": "ALL_STEPS"}
        | ({PLATFORM_TAG: platform.name} if platform.key_prefix else {}),
        description="Take one delivered roster to the application's table: read it, judge every "
        "row, load what is clean in one transaction, and write what the sender gets back.",
    )


import_roster = import_job(DEFAULT)
