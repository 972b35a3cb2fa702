"""The asset `roster_report`: what goes back to the people who sent the roster."""

from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from dagster import AssetExecutionContext, AssetIn, MaterializeResult, MetadataValue
from upath import UPath

from provider_assets.database.questions.actions import usual_action
from provider_assets.moments import local_day
from provider_assets.orchestration.answers import as_told, lacks_answers
from provider_assets.orchestration.configured import report_limits
from provider_assets.orchestration.faults import sentences_only
from provider_assets.orchestration.frame_files import frame_path, read_frame
from provider_assets.orchestration.given import fetch_report, is_given
from provider_assets.orchestration.index import refresh_index
from provider_assets.orchestration.io_managers import NPIS_ONLY
from provider_assets.orchestration.outcomes import RunEvents
from provider_assets.orchestration.outgoing import give_back, remove_copies
from provider_assets.orchestration.process.presence import is_beyond_this_machine
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.orchestration.roster_asset import roster_asset
from provider_assets.orchestration.turn import wait_to_write
from provider_assets.providers.departures import find_left, tell_still_held
from provider_assets.providers.facts import Facts
from provider_assets.providers.roster import RosterFrame, RosterOutcome, RosterSource
from provider_assets.providers.sifting import find_clean
from provider_assets.reading.mailbox.port import REPORTS, MailboxError
from provider_assets.reports.corrections import link_reports
from provider_assets.reports.files import ReportFiles, write_report_files, write_return_files
from provider_assets.reports.held import Held, differing, held_of
from provider_assets.reports.names import claim_name
from provider_assets.reports.pictures import data_uri, outcomes_svg, reasons_svg
from provider_assets.reports.return_file import RowActions, return_lines
from provider_assets.reports.summary import markdown_summary
from provider_assets.reports.told import Context
from provider_assets.settings import ShowHeld

LAST = {"dagster/priority": "-1"}


@roster_asset(
    ins={"raw_providers": AssetIn(input_manager_key=NPIS_ONLY)},
    kinds={"excel", "html"},
    op_tags=LAST,
    description="What the hospital gets back: the rows to correct with their reasons, the rows "
    "that passed, a line for each row for its own system, and a page that says what happened. "
    "Also written when nothing was loaded.",
)
def roster_report(
    context: AssetExecutionContext,
    raw_providers: RosterFrame,
    invalid_rows: RosterFrame,
    duplicate_rows: RosterFrame,
    folders: Folders,
    database: ProviderDatabase,
) -> MaterializeResult[None]:
    """Write the reject workbook, the filtered roster, the return file and the page."""
    with sentences_only("roster_report"):
        wait_to_write()
        storage, source = folders.storage_root(), raw_providers.source
        root = folders.answers_root(source.mailbox)
        unseen = folders.writes_unseen(source.mailbox)
        events = RunEvents(context.instance, context.run.run_id)
        made = events.outcome(storage, source, database.imports_of)
        outcome = _as_told(made, folders, database)
        actions = _actions(outcome, database)
        still = _held(invalid_rows.rows, actions)
        judged = tell_still_held(invalid_rows.rows, still), duplicate_rows.rows
        facts = database.facts()
        held = _held_otherwise(duplicate_rows, database, folders.of().settings.show_held)
        clean = _clean_rows(events, storage, source, judged, facts)
        if unseen:
            claim_name(root / REPORTS, source.roster, local_day(outcome.started), unseen=True)
        returned = None
        if outcome.status != "valid":  # a plan answers nobody
            lines = return_lines(outcome, *judged, clean, actions)
            returned = write_return_files(root, outcome, lines)
        files = write_report_files(
            root,
            outcome,
            *judged,
            clean,
            report_limits(folders.of().settings),
            Context(capacity=facts.capacity, registry=facts.registry, held=held),
        )
        lined = () if returned is None else (returned, returned.with_suffix(".json"))
        linked = _linked(outcome, files.report, folders, database)
        answers = list(dict.fromkeys([*files.all(), *lined, *linked]))
        with closing(folders.mailbox(source.mailbox)) as mailbox:
            waits = give_back(mailbox, storage, source, answers)
            place = mailbox.place
        if waits:
            context.log.warning(waits)
        database.note_answers(source.sha256, context.run.run_id, outcome.import_id)
        keep = not (unseen and is_beyond_this_machine(context.instance))
        if keep:
            refresh_index(folders, database, source.sha256)
        else:
            remove_copies(root, answers)
    return MaterializeResult(
        metadata={
            "summary": MetadataValue.md(_summary(outcome)),
            **{
                name: MetadataValue.path(path)
                if keep
                else MetadataValue.text(f"{path.parent.name}/{path.name} of {place}")
                for name, path in _beside(files, returned).items()
            },
            **asdict(outcome.rows),
            "status": outcome.status,
            "still_held": [int(position) for position in still],
        }
    )


def _linked(
    outcome: RosterOutcome, page: Path, folders: Folders, database: ProviderDatabase
) -> list[Path]:
    """The pages that lead to each other now, where this was a reject workbook."""
    if outcome.mends is None or outcome.status == "valid":
        return []
    mended = database.import_of(outcome.mends)
    if mended is None:
        return []
    root = folders.answers_root(outcome.source.mailbox)
    with closing(folders.mailbox(outcome.source.mailbox)) as mailbox, suppress(MailboxError):
        fetch_report(mailbox, root, mended)
    return link_reports(root, page, mended, outcome.source.file)


def _as_told(outcome: RosterOutcome, folders: Folders, database: ProviderDatabase) -> RosterOutcome:
    today = local_day(outcome.started) == local_day(outcome.finished)
    if outcome.import_id is None or (outcome.status == "loaded" and today):
        return outcome
    record = database.live_import(outcome.source.sha256)
    lacking = record is not None and lacks_answers(
        record, folders.answers_root(outcome.source.mailbox), folders.of().settings
    )
    if record is not None and lacking and not record.owed:  # another machine may have written it
        with closing(folders.mailbox(outcome.source.mailbox)) as mailbox, suppress(MailboxError):
            lacking = not is_given(mailbox, record)
    return as_told(outcome, record, lacking=lacking)


def _clean_rows(
    events: RunEvents,
    storage: UPath,
    source: RosterSource,
    judged: tuple[pd.DataFrame, pd.DataFrame],
    facts: Facts,
) -> pd.DataFrame:
    """What passed: as this run wrote it, and found again where only the report is made anew."""
    path = frame_path(storage, source.roster, "clean_providers")
    if "clean_providers" in events.made and path.exists():
        return read_frame(path).rows
    raw = read_frame(frame_path(storage, source.roster, "raw_providers"))
    return find_clean(raw.rows, *judged, source.rules, facts, consume=True)


def _actions(outcome: RosterOutcome, database: ProviderDatabase) -> RowActions:
    """What the load did about each row, as the history has it."""
    if outcome.import_id is None:
        return RowActions()
    usual = usual_action(outcome.rows)
    if outcome.status == "already_loaded":
        return RowActions(usual, database.overtaken_rows(outcome.import_id))
    return RowActions(usual, database.other_actions(outcome.import_id, usual))


def _held(invalid: pd.DataFrame, actions: RowActions) -> pd.Index:
    """Where the rows stand whose provider has left and is in the table all the same."""
    left = {npi for npi, action in (actions.others or {}).items() if action == "held"}
    return find_left(invalid, left)


def _held_otherwise(duplicates: RosterFrame, database: ProviderDatabase, show: ShowHeld) -> Held:
    """What the application holds of the rows that it holds otherwise; asked only where some are."""
    npis = differing(duplicates.rows)
    if npis.empty:
        return Held()
    return held_of(database.held(npis, duplicates.source.sha256), values=show == "values")


def _beside(files: ReportFiles, returned: Path | None) -> dict[str, Path]:
    named = {
        "report": files.report,
        "rejects": files.rejects,
        "filtered": files.filtered,
        "return": returned,
    }
    return {name: path for name, path in named.items() if path is not None}


def _summary(outcome: RosterOutcome) -> str:
    """The counts and reasons, with both pictures in the text, for Dagster's page."""
    pictures = {"outcomes": outcomes_svg(outcome)}
    if outcome.reasons:
        pictures["reasons"] = reasons_svg(outcome)
    drawn = [f"![{name}]({data_uri(svg)})" for name, svg in pictures.items()]
    return "\n\n".join([markdown_summary(outcome), *drawn])
