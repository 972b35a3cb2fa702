"""The jobs: `import_roster` takes one roster through all its assets."""

from dagster import AssetSelection, define_asset_job

from provider_assets.orchestration.departed import providers_are_confirmed

IMPORT_ROSTER = "import_roster"

import_roster = define_asset_job(
    IMPORT_ROSTER,
    # what looks at the whole table would make each import dearer with every one before it
    selection=AssetSelection.groups("delivery", "judgement")
    - AssetSelection.checks(providers_are_confirmed),
    # after a crash the whole roster again: quick, and it never mixes two runs' frames
    tags={"dagster/retry_strategy": "ALL_STEPS"},
    description="Take one delivered roster to the application's table: read it, judge every row, "
    "load what is clean in one transaction, and write what the sender gets back.",
)
