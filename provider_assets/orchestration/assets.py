"""The seven assets. Each calls one function of another room, says what it counted, and returns.

```
raw_providers → invalid_rows → duplicate_rows → clean_providers → providerinfo_table
       └──────────────┴──────────────┼──→ departed_providers ──────────┘
                                     └──→ roster_report
```
`roster_report` does not hang on `clean_providers`: a blocking check there stops everything below
it, and the sender needs the report most when nothing was loaded. Its low priority has it run
last, after the load has gone well or badly.
"""

from dataclasses import replace
from datetime import UTC, datetime

from dagster import AssetExecutionContext, AssetIn, Config, Output
from pydantic import Field

from provider_assets.errors import RosterError, UsageError
from provider_assets.orchestration.configured import reading_limits
from provider_assets.orchestration.deliveries import ArchivedRoster, take_in
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.index import refresh_index
from provider_assets.orchestration.io_managers import CHOOSE_A_ROSTER, NPIS_ONLY
from provider_assets.orchestration.metadata import (
    frame_metadata,
    lineage_from,
    lineage_from_headers,
    source_metadata,
)
from provider_assets.orchestration.partitions import rosters
from provider_assets.orchestration.platform import Platform
from provider_assets.orchestration.prefixed import asset
from provider_assets.orchestration.requests import import_request
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.providers.codes import count_codes
from provider_assets.providers.departures import find_departed, find_mentions
from provider_assets.providers.frames import FIELDS, PLACE
from provider_assets.providers.imports import ImportRequest, PreparedImport
from provider_assets.providers.layout import fingerprint_with
from provider_assets.providers.roster import RosterFrame, RosterSource, RowCounts, Tally
from provider_assets.providers.sifting import find_clean, find_duplicates, find_invalid
from provider_assets.reading.mailbox.archive import local_copy
from provider_assets.reading.roster import read_roster
from provider_assets.reports.names import is_filtered
from provider_assets.settings import Settings

DELIVERY = "delivery"
OWNERS = ["team:data-engineering"]
NOBODY_DEPARTS = (
    "a sheet of this full roster is hidden or was not read, so nobody is taken out for standing in "
    "none of the others; show it or correct its headers, and send the roster again"
)
FALLBACK_REPORTS = (
    "who left by this roster is only reported, not deleted: its layout stands for many senders; "
    "give the hospital a layout of its own"
)


class LoadConfig(Config):
    """How the clean rows are loaded."""

    replay: bool = Field(
        default=False, description="load again what the same layout and rules have loaded before"
    )


class DeliveryConfig(Config):
    """Which file a run takes in; without it the file is looked for by its partition."""

    path: str | None = Field(None, description="where the delivered file lies now")
    sha256: str | None = Field(None, description="the hash of its content, where it is known")


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"excel", "parquet"},
    owners=OWNERS,
    io_manager_key="frame_io_manager",
    description="Every row of the delivered roster as the hospital wrote it: only the columns "
    "that the layout asks for, tidied, each row with its sheet and row number. The file itself "
    "is kept in the archive.",
)
def raw_providers(
    context: AssetExecutionContext,
    config: DeliveryConfig,
    folders: Folders,
    database: ProviderDatabase,
) -> Output[RosterFrame]:
    """Take the roster in and read it: columns `frames.RAW`."""
    with sentences_only("raw_providers"):
        if not context.has_partition_key:
            raise UsageError(CHOOSE_A_ROSTER)
        delivery = take_in(
            context.partition_key,
            folders.mailbox(),
            folders.storage_root(),
            config.path,
            config.sha256,
            # whoever asks through a web server or a sensor names this; a command line does not
            any_path=context.run.remote_job_origin is None,
        )
        try:
            frame = _read(folders.of(), context.partition_key, delivery)
        except RosterError as error:
            refused = _refused(
                folders.of().settings, context.partition_key, delivery, context.run.run_id
            )
            database.record_failure(refused, error.code, error.message)
            refresh_index(folders, database)
            raise
    metadata = frame_metadata(frame, lineage_from_headers(frame.source))
    return Output(frame, metadata=metadata | source_metadata(frame.source, delivery.archived))


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"pandas", "parquet"},
    owners=OWNERS,
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
        tally = replace(raw_providers.tally, invalid=len(rows), reasons=count_codes(rows["codes"]))
    frame = RosterFrame(rows, source, tally)
    lineage = lineage_from("raw_providers", (*FIELDS, *PLACE))
    return Output(frame, metadata=frame_metadata(frame, lineage))


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"pandas", "parquet"},
    owners=OWNERS,
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


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"pandas", "parquet"},
    owners=OWNERS,
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


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"pandas", "parquet"},
    owners=OWNERS,
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


@asset(
    partitions_def=rosters,
    group_name=DELIVERY,
    kinds={"mysql"},
    owners=OWNERS,
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
    request = import_request(
        clean_providers, context.run.run_id, datetime.now(UTC), replay=config.replay
    )
    rows = clean_providers.rows
    with sentences_only("providerinfo_table"):
        besides = find_mentions(
            invalid_rows.rows, duplicate_rows.rows, rows["npi"], departed_providers.rows
        )
    return PreparedImport(rows, request, besides)


def _read(platform: Platform, roster: str, delivery: ArchivedRoster) -> RosterFrame:
    settings, layouts = platform.settings, platform.layouts
    with local_copy(delivery.archived) as path:
        frame = read_roster(
            path,
            roster=roster,
            file=delivery.file,
            sha256=delivery.sha256,
            layouts=layouts,
            limits=reading_limits(settings),
        )
    layout = next(each for each in layouts if each.name == frame.source.layout)
    source = replace(
        frame.source,
        rules=dict(layout.rules),
        fingerprint=fingerprint_with(frame.source.fingerprint, layout, platform.own_rules),
        on_existing=layout.on_existing or settings.on_existing,
        departures=layout.departures(
            settings.on_terminated,
            frame.source.file,
            returned=frame.source.is_part or is_filtered(frame.source.file),
            whole=frame.source.names_everybody,
        ),
    )
    if layout.absent == "delete" and not frame.source.names_everybody:
        source = replace(source, notes=(*source.notes, NOBODY_DEPARTS))
    if layout.fallback and settings.on_terminated == "delete":
        source = replace(source, notes=(*source.notes, FALLBACK_REPORTS))
    return RosterFrame(frame.rows, source, Tally(read=len(frame.rows)))


def _refused(
    settings: Settings, roster: str, delivery: ArchivedRoster, run_id: str
) -> ImportRequest:
    size = delivery.archived.stat().st_size
    source = RosterSource.unread(roster, delivery.file, delivery.sha256, size)
    return ImportRequest(source, settings.on_existing, RowCounts(), run_id, datetime.now(UTC))
