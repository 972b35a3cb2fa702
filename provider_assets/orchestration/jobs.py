"""The jobs: `import_roster` takes one roster through all six assets."""

from dagster import AssetSelection, define_asset_job

IMPORT_ROSTER = "import_roster"

import_roster = define_asset_job(
    IMPORT_ROSTER,
    selection=AssetSelection.groups("delivery", "judgement"),
    # after a crash the whole roster again: quick, and it never mixes two runs' frames
    tags={"dagster/retry_strategy": "ALL_STEPS"},
    description="Take one delivered roster to the application's table: read it, judge every row, "
    "load what is clean in one transaction, and write what the sender gets back.",
)
