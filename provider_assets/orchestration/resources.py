"""What the assets use of the outside world: the folders and the database.

Both take their values from the settings, so no password ever stands in a Dagster config; the
few fields here exist so that one run can be told to plan only, or to work in another folder.
"""

from functools import lru_cache
from pathlib import Path

import pandas as pd
from dagster import ConfigurableResource
from pydantic import Field
from sqlalchemy import Engine
from upath import UPath

from provider_assets.database import history, load
from provider_assets.database.capacity import read_capacity
from provider_assets.database.engine import DatabaseAddress, open_engine
from provider_assets.database.held import held_providers
from provider_assets.database.tables import prepare
from provider_assets.providers.capacity import Capacity
from provider_assets.providers.imports import ImportRecord, ImportRequest, LoadResult
from provider_assets.reading.limits import ReadingLimits
from provider_assets.settings import Settings, process_settings


class Folders(ConfigurableResource):  # type: ignore[type-arg]
    """Where the frames, the archive and the drop folder lie; empty means as in the settings."""

    storage: str = Field("", description="a folder or a bucket's URL for frames and archive")
    drop_folder: str = Field("", description="the folder that holds inbox, rejects and reports")

    def storage_root(self) -> UPath:
        """The root of frames and archive."""
        return UPath(self.storage or process_settings().storage)

    def drop_root(self) -> Path:
        """The folder that holds `inbox/`, `processed/`, `failed/`, `rejects/` and `reports/`."""
        return Path(self.drop_folder) if self.drop_folder else process_settings().drop_folder


def reading_limits(settings: Settings) -> ReadingLimits:
    """What a roster may cost, out of the settings."""
    return ReadingLimits()


def database_address(settings: Settings) -> DatabaseAddress:
    """Where the database is and how to speak to it, out of the settings."""
    return DatabaseAddress(url=settings.database_url, ssl_ca=settings.database_ssl_ca)


@lru_cache(maxsize=4)
def _engine(address: DatabaseAddress) -> Engine:
    return open_engine(address)


@lru_cache(maxsize=4)
def _prepared_engine(address: DatabaseAddress) -> Engine:
    engine = _engine(address)
    prepare(engine)
    return engine


class Database(ConfigurableResource):  # type: ignore[type-arg]
    """The application's table and its history."""

    plan_only: bool = Field(
        default=False, description="judge and plan against the table, but write nothing to it"
    )

    def engine(self) -> Engine:
        """The engine, one a process; the tables are made ready unless this is a plan."""
        address = database_address(process_settings())
        return _engine(address) if self.plan_only else _prepared_engine(address)

    def capacity(self) -> Capacity:
        """What the application's table can hold."""
        return read_capacity(self.engine())

    def held(self, npis: pd.Series, sha256: str) -> pd.DataFrame:
        """Columns `frames.FIELDS`: the table's providers with these NPIs, but not this roster's."""
        return held_providers(self.engine(), npis, sha256)

    def load(self, clean: pd.DataFrame, request: ImportRequest) -> LoadResult:
        """Load (or plan to load) rows with the columns `frames.CLEAN`."""
        carry_out = load.plan_providers if self.plan_only else load.load_providers
        return carry_out(self.engine(), clean, request)

    def record_failure(self, request: ImportRequest, code: str, message: str) -> None:
        """Keep in the history that this roster was refused, unless this is a plan."""
        if not self.plan_only:
            history.record_failure(self.engine(), request, code, message)

    def live_import(self, sha256: str) -> ImportRecord | None:
        """The import of this content that is in the table now."""
        return None if self.plan_only else history.find_import(self.engine(), sha256)
