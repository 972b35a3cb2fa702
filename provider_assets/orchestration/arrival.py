"""The first asset, `raw_providers`: a delivered file becomes the rows of its partition.

What the file is found by is in `deliveries.py`; the assets that go on from its rows are in
`assets.py`.
"""

from contextlib import closing
from dataclasses import replace
from datetime import datetime

from dagster import AssetExecutionContext, Config, Output
from pydantic import Field

from provider_assets.errors import FileCode, RosterError, UsageError
from provider_assets.orchestration.configured import reading_limits
from provider_assets.orchestration.deliveries import ArchivedRoster, mailbox_of, take_in
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.index import refresh_index
from provider_assets.orchestration.mailboxes import allowed_layouts
from provider_assets.orchestration.metadata import (
    frame_metadata,
    lineage_from_headers,
    source_metadata,
)
from provider_assets.orchestration.outcomes import run_started
from provider_assets.orchestration.partitions import CHOOSE_A_ROSTER, MAILBOX_TAG
from provider_assets.orchestration.platform import Platform
from provider_assets.orchestration.refusals import record_refusal
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.orchestration.roster_asset import roster_asset
from provider_assets.providers.imports import ImportRequest
from provider_assets.providers.layout import Layout, fingerprint_with
from provider_assets.providers.roster import RosterFrame, RosterSource, RowCounts, Tally
from provider_assets.reading.mailbox.archive import local_copy
from provider_assets.reading.roster import read_roster
from provider_assets.reports.names import is_filtered
from provider_assets.settings import Settings

ONLY_A_PART = (
    "this workbook was made here (rejects, or the rows that passed), so it is not a full roster, "
    "and nobody is taken out for being missing from it; send a full roster as a file of your own"
)
NOBODY_DEPARTS = (
    "a part of this full roster is hidden, was not read or is missing, so nobody is taken out for "
    "being missing from the rest; show that part, correct its headers, or send the whole roster"
)
FALLBACK_REPORTS = (
    "who left by this roster is only reported, not deleted: its layout stands for many senders; "
    "give the hospital a layout of its own"
)
FROM_THE_ARCHIVE = (
    "the file that this run's config names was not taken in: it is gone, or lies where a run may "
    "take nothing in; the archive has this roster's content, and that was read"
)


class DeliveryConfig(Config):
    """Which file a run takes in; without it the file is looked for by its partition."""

    path: str | None = Field(
        None,
        description="Where the delivered file lies now: in a drop folder or in the archive. "
        "Usually left out: the file is found by the roster that is chosen.",
    )
    sha256: str | None = Field(
        None, description="The SHA-256 of its content, in hex. Usually left out."
    )


@roster_asset(
    kinds={"excel", "parquet"},
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
        came_by = mailbox_of(
            context.run.tags.get(MAILBOX_TAG),
            folders.storage_root(),
            context.partition_key,
            folders.known_mailboxes(),
        )
        with closing(folders.mailbox(came_by)) as mailbox:
            delivery = take_in(
                context.partition_key,
                mailbox,
                folders.storage_root(),
                config.path,
                config.sha256,
                # whoever asks through a web server or a sensor names this; a command line does not
                any_path=context.run.remote_job_origin is None,
            )
        if delivery.instead:
            context.log.info(FROM_THE_ARCHIVE)
        platform, roster = folders.of(), context.partition_key
        layouts = allowed_layouts(platform.layouts, folders.known_mailboxes().get(came_by))
        try:
            frame = _read_allowed(platform, layouts, roster, delivery, came_by)
        except RosterError as error:
            run_id = context.run.run_id
            began = run_started(context.instance, run_id)
            refused = _refused(
                folders.of().settings, context.partition_key, delivery, run_id, began
            )
            record_refusal(database, refused, (error.code, error.message), context.instance)
            refresh_index(folders, database, delivery.sha256)
            raise
    frame = replace(frame, source=replace(frame.source, mailbox=came_by))
    metadata = frame_metadata(frame, lineage_from_headers(frame.source))
    return Output(frame, metadata=metadata | source_metadata(frame.source, delivery.archived))


def _read_allowed(
    platform: Platform, layouts: tuple[Layout, ...], roster: str, delivery: ArchivedRoster, box: str
) -> RosterFrame:
    """The roster under one of these layouts, which the mailbox `box` takes.

    Where none of them fits and a hospital's other one does, the RosterError says that, and not what
    columns are lacking.
    """
    try:
        return _read(platform, layouts, roster, delivery)
    except RosterError as error:
        others = tuple(one for one in platform.layouts if one not in layouts and not one.fallback)
        fits = error.code == FileCode.NO_LAYOUT and others
        found = _fitting(platform, others, roster, delivery) if fits else None
        if found is None:
            raise
    taken = ", ".join(layout.name for layout in layouts)
    raise RosterError(
        FileCode.NO_LAYOUT,
        f"{delivery.file!r}: it has the layout {found}, and the mailbox {box} takes only {taken}; "
        "send it to the mailbox of its own hospital, or have the layout added to this one",
    )


def _fitting(
    platform: Platform, layouts: tuple[Layout, ...], roster: str, delivery: ArchivedRoster
) -> str | None:
    """Which of the layouts fits; None where none does, or several do."""
    try:
        return _read(platform, layouts, roster, delivery).source.layout
    except RosterError:
        return None


def _read(
    platform: Platform, layouts: tuple[Layout, ...], roster: str, delivery: ArchivedRoster
) -> RosterFrame:
    settings = platform.settings
    with local_copy(delivery.archived, delivery.sha256) as path:
        frame = read_roster(
            path,
            roster=roster,
            file=delivery.file,
            sha256=delivery.sha256,
            layouts=layouts,
            limits=reading_limits(settings),
        )
    layout = next(each for each in layouts if each.name == frame.source.layout)
    is_part = frame.source.is_part or is_filtered(frame.source.file)
    source = replace(
        frame.source,
        rules=dict(layout.rules),
        fingerprint=fingerprint_with(frame.source.fingerprint, layout, platform.own_rules),
        on_existing=layout.on_existing or settings.on_existing,
        departures=layout.departures(
            settings.on_terminated,
            frame.source.file,
            returned=is_part,
            whole=frame.source.whole,
        ),
    )
    if layout.absent == "delete" and not frame.source.whole and not is_part:
        source = replace(source, notes=(*source.notes, NOBODY_DEPARTS))
    if layout.roster == "full" and is_part:
        source = replace(source, notes=(*source.notes, ONLY_A_PART))
    if layout.fallback and settings.on_terminated == "delete":
        source = replace(source, notes=(*source.notes, FALLBACK_REPORTS))
    return RosterFrame(frame.rows, source, Tally(read=len(frame.rows)))


def _refused(
    settings: Settings, roster: str, delivery: ArchivedRoster, run_id: str, began: datetime
) -> ImportRequest:
    size = delivery.archived.stat().st_size
    source = RosterSource.unread(roster, delivery.file, delivery.sha256, size)
    return ImportRequest(source, settings.on_existing, RowCounts(), run_id, began)
