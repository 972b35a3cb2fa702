"""The history as the command line asks for it: imports, one NPI's past, an import taken back."""

from typing import TYPE_CHECKING

from provider_assets.database import history
from provider_assets.orchestration.resources import Database
from provider_assets.providers.imports import ImportRecord


def list_imports(limit: int | None = None) -> list[ImportRecord]:
    """The imports, newest first."""
    return history.list_imports(Database().engine(), limit)
