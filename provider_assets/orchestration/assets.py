"""A roster's assets. Each calls one function of another room, says what it counted, and returns.

```
raw_providers → invalid_rows → duplicate_rows → clean_providers → providerinfo_table
       └──────────────┴──────────────┼──→ departed_providers ──────────┘
                                     └──→ roster_report
```
`raw_providers` stands in `arrival.py`, `roster_report` in `report.py`. The latter does not hang on
`clean_providers`: a blocking check there stops everything below it, and the sender needs the report
most when nothing was loaded. Its low priority has it run last, after the load has gone well or
badly.
"""

from dataclasses import replace

from dagster import AssetExecutionContext, AssetIn, Config, Output
from pydantic import Field

from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.io_managers import NPIS_ONLY
from provider_assets.orchestration.metadata import frame_metadata, lineage_from
from provider_assets.orchestration.outcomes import run_started
from provider_assets.orchestration.requests import import_request
from provider_assets.orchestration.resources import ProviderDatabase
from provider_assets.orchestration.roster_asset import roster_asset
from provider_assets.providers.codes import count_answers, count_codes
from provider_assets.providers.departures import find_departed, find_mentions
from provider_assets.providers.frames import FIELDS, PLACE
from provider_assets.providers.imports import PreparedImport
from provider_assets.providers.roster import RosterFrame
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid


class LoadConfig(Config):
    """How the clean rows are loaded."""

    replay: bool = Field(
        default=False,
        description="true: load again what the same layout and rules have loaded before. "
        "Otherwise a roster that is loaded already is left alone.",
    )


@roster_asset(
    kinds={"pandas", "parquet"},
    io_manager_key="frame_io_manager",
    description="The rows that must not load: no full name, no usable NPI, a value that the "
    "application's table cannot hold, a provider who has left. Each with the codes of the rules "
    "it breaks; docs/reject_codes.md says what each means.",
)
def invalid_rows(raw_providers: RosterFrame, database: ProviderDatabase) -> Output[RosterFrame]:
    """The rows of `raw_providers` that break a rule: columns `frames.REJECTED`."""
    with sentences_only("invalid_rows"):
        source = raw_providers.source
        rows = find_invalid(raw_providers.rows, source.rules, database.facts(for_rejects=True))
        tally = replace(
            raw_providers.tally,
            invalid=len(rows),
            reasons=count_codes(rows["codes"]),
            left=count_answers(rows["codes"]),
        )
    frame = RosterFrame(rows, source, tally)
    lineage = lineage_from("raw_providers", (*FIELDS, *PLACE))
    return Output(frame, metadata=frame_metadata(frame, lineage))


@roster_asset(
    kinds={"pandas", "parquet"},
    io_manager_key="frame_io_manager",
    description="The valid rows whose NPI is taken: by an earlier valid row of the roster, or by "
    "the application's table, which keeps what it holds unless the policy is `update`.",
)
def duplicate_rows(
    raw_providers: RosterFrame, invalid_rows: RosterFrame, database: ProviderDatabase
) -> Output[RosterFrame]:
    """The valid rows that repeat an NPI: columns `frames.REJECTED`."""
    with sentences_only("duplicate_rows"):
        source = raw_providers.source
        npis = raw_providers.rows["npi"].drop(invalid_rows.rows.index)
        rows = find_duplicates(
            raw_providers.rows,
            invalid_rows.rows,
            database.held(npis, source.sha256),
            source.on_existing,
        )
        before = invalid_rows.tally
        reasons = {**before.reasons, **count_codes(rows["codes"])}
    frame = RosterFrame(rows, source, replace(before, duplicate=len(rows), reasons=reasons))
    lineage = lineage_from("raw_providers", (*FIELDS, *PLACE))
    return Output(frame, metadata=frame_metadata(frame, lineage))


@roster_asset(
    kinds={"pandas", "parquet"},
    io_manager_key="frame_io_manager",
    ins={
        "invalid_rows": AssetIn(input_manager_key=NPIS_ONLY),
        "duplicate_rows": AssetIn(input_manager_key=NPIS_ONLY),
    },
    description="What is left: one row for each NPI, fit to load, with the codes of what is odd "
    "about it all the same.",
)
def clean_providers(
    raw_providers: RosterFrame,
    invalid_rows: RosterFrame,
    duplicate_rows: RosterFrame,
    database: ProviderDatabase,
) -> Output[RosterFrame]:
    """The rows that load: columns `frames.CLEAN`."""
    with sentences_only("clean_providers"):
        source, facts = raw_providers.source, database.facts()
        rows = find_clean(
            raw_providers.rows,
            invalid_rows.rows,
            duplicate_rows.rows,
            source.rules,
            facts,
            consume=True,
        )
        tally = replace(
            duplicate_rows.tally,
            warnings=count_codes(rows["warnings"]),
            registry=facts.registry.asked(rows),
        )
    frame = RosterFrame(rows, source, tally)
    lineage = lineage_from("raw_providers", (*FIELDS, *PLACE))
    return Output(frame, metadata=frame_metadata(frame, lineage))


@roster_asset(
    kinds={"pandas", "parquet"},
    io_manager_key="frame_io_manager",
    ins={"raw_providers": AssetIn(input_manager_key=NPIS_ONLY)},
    description="Who, as the roster says, has left: a row for each NPI, where no other row of it "
    "says otherwise. What the table holds of them, and of those whom a full roster no longer "
    "names, is settled by the load under its lock: reported or taken out, as the layout says.",
)
def departed_providers(
    raw_providers: RosterFrame, invalid_rows: RosterFrame, duplicate_rows: RosterFrame
) -> Output[RosterFrame]:
    """The rows of `invalid_rows` whose provider has left: columns `frames.REJECTED`."""
    with sentences_only("departed_providers"):
        invalid, duplicates = invalid_rows.rows, duplicate_rows.rows
        clean = raw_providers.rows["npi"].drop(invalid.index.union(duplicates.index))
        rows = find_departed(invalid, duplicates, clean)
    frame = RosterFrame(rows, raw_providers.source, duplicate_rows.tally)
    lineage = lineage_from("invalid_rows", (*FIELDS, *PLACE))
    return Output(frame, metadata=frame_metadata(frame, lineage))


@roster_asset(
    kinds={"mysql"},
    io_manager_key="mysql_io_manager",
    pool="providerinfo_write",
    description="The application's table `providerinfo`. A roster is in it once, whole or not at "
    "all: one transaction writes its rows and the history of the import.",
)
def providerinfo_table(
    context: AssetExecutionContext,
    config: LoadConfig,
    clean_providers: RosterFrame,
    departed_providers: RosterFrame,
    invalid_rows: RosterFrame,
    duplicate_rows: RosterFrame,
) -> PreparedImport:
    """Hand the clean rows, and whom the roster names besides, to the IO manager's transaction."""
    began = run_started(context.instance, context.run.run_id)
    request = import_request(clean_providers, context.run.run_id, began, replay=config.replay)
    rows = clean_providers.rows
    with sentences_only("providerinfo_table"):
        besides = find_mentions(
            invalid_rows.rows, duplicate_rows.rows, rows["npi"], departed_providers.rows
        )
    return PreparedImport(rows, request, besides)
