"""What the settings say, in the words of the other rooms: limits, and an opened database.

Imports no Dagster, so that a command which only looks answers as soon as the database does; and
each room only when it is asked for, since the first roster is begun before anything else.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from provider_assets.errors import StorageError
from provider_assets.orchestration.platform import DEFAULT, Platform
from provider_assets.reading.limits import MB, ReadingLimits
from provider_assets.settings import Settings, setting_name

if TYPE_CHECKING:
    from provider_assets.database.engine import Database, DatabaseAddress
    from provider_assets.providers.facts import Registry
    from provider_assets.reading.mailbox.port import Mailbox
    from provider_assets.reports.files import ReportLimits


def reading_limits(settings: Settings) -> ReadingLimits:
    """What a roster may cost, out of the settings."""
    return ReadingLimits(
        file_bytes=settings.max_file_mb * MB,
        unpacked_bytes=settings.max_unpacked_mb * MB,
        cells=settings.max_cells,
        memory=settings.reader_memory_mb * MB,
        seconds=settings.reader_seconds,
        rescue=settings.rescue is not None,
    )


def report_limits(settings: Settings) -> "ReportLimits":
    """Where a workbook becomes CSV, out of the settings."""
    from provider_assets.reports.files import ReportLimits

    return ReportLimits(
        rejects_per_workbook=settings.rejects_per_workbook,
        filtered_per_workbook=settings.filtered_per_workbook,
    )


def known_registry(settings: Settings) -> "Registry":
    """What is known of NPIs in public; without a store nothing is read and nothing imported."""
    from provider_assets.providers.facts import NoRegistry

    if not any(settings.registry.glob("*.arrow")):
        return NoRegistry()
    from provider_assets.registry.asked import ask_registry

    return ask_registry(settings.registry, today())


def missing_registry(settings: Settings) -> str | None:
    """A sentence where a setting names a registry and none is there; None where all is well.

    A home without the setting has a registry as soon as one is loaded, and lacks nothing before.
    """
    if "registry" not in settings.model_fields_set or any(settings.registry.glob("*.arrow")):
        return None
    return (
        f"{setting_name('registry')} names a folder that has no store on this machine, so no "
        "roster is checked against the registry; mount it here, load its files, or remove the "
        "setting"
    )


def today() -> date:
    """The day that ages are counted from: everywhere the same, whatever the machine's zone."""
    return datetime.now(UTC).date()


def mailbox_at(drop_folder: Path) -> "Mailbox":
    """The drop folder as a mailbox; those that have a name are opened in `mailboxes`."""
    from provider_assets.reading.mailbox.drop_folder import DropFolder

    return DropFolder(drop_folder)


@lru_cache(maxsize=8)
def make_folders(settings: Settings) -> None:
    """Make the places that hold rows, where they are missing, for this service and its group only.

    Raises UsageError where this user may not make them, or not give them to the settings' group.
    """
    from provider_assets.reading.mailbox.storage import is_local, storage_at
    from provider_assets.system import make_ours

    storage = storage_at(settings.storage)
    places = [settings.home, settings.dagster_home, settings.drop_folder]
    if is_local(storage) and not Path(storage.path).is_relative_to(settings.home):
        places.append(Path(storage.path))  # else it is closed by the home, and made by who writes
    for place in places:
        make_ours(place, settings.files_group)


@lru_cache(maxsize=8)
def sweep_leftovers(settings: Settings) -> None:
    """Remove what killed processes left half-written, once a process."""
    from provider_assets.leftovers import sweep
    from provider_assets.reading.mailbox.archive import sweep_unfinished, unfinished
    from provider_assets.reading.mailbox.drop_folder import FAILED, PROCESSED
    from provider_assets.reading.mailbox.port import ANSWERS, REPORTS
    from provider_assets.reading.mailbox.storage import is_local, storage_at
    from provider_assets.reports.names import CLAIMS

    places = [settings.drop_folder / name for name in (PROCESSED, FAILED, *ANSWERS)]
    places += [settings.drop_folder / REPORTS / CLAIMS, settings.drop_folder / "registry"]
    places += [settings.registry, settings.dagster_home / "history" / "runs"]
    storage = storage_at(settings.storage)
    if is_local(storage):
        places.append(Path(unfinished(storage).path))
    sweep(places)
    if not is_local(storage):
        with suppress(StorageError):  # who uses it says what is wrong
            sweep_unfinished(storage)


def database_address(platform: Platform) -> "DatabaseAddress":
    """Where the database is and how to speak to it, out of the platform's settings."""
    from provider_assets.database.engine import DatabaseAddress

    settings = platform.settings

    return DatabaseAddress(
        url=settings.database_url,
        ssl_ca=settings.database_ssl_ca,
        allow_plaintext=settings.database_allow_plaintext,
        lock_wait_seconds=settings.database_lock_wait,
        tries=settings.database_tries,
        table=platform.table,
    )


def readable_database(platform: Platform = DEFAULT) -> "Database":
    """The platform's database for reading only: nothing is created where it is missing."""
    return _opened(database_address(platform))


def writable_database(platform: Platform = DEFAULT) -> "Database":
    """The platform's database, its tables made ready; one a process."""
    make_folders(platform.settings)
    return _prepared(database_address(platform))


def hasty_database(platform: Platform = DEFAULT) -> "Database":
    """The platform's database for a sensor: it looks again soon, so it waits for little."""
    return _opened(replace(database_address(platform), tries=1, lock_wait_seconds=5))


@lru_cache(maxsize=8)
def _opened(address: "DatabaseAddress") -> "Database":
    from provider_assets.database.engine import open_database

    return open_database(address)


@lru_cache(maxsize=8)
def _prepared(address: "DatabaseAddress") -> "Database":
    from provider_assets.database.prepare import prepare

    database = _opened(address)
    prepare(database)
    return database
