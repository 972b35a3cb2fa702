"""Keeping the page over all imports up to date, from the history and never from the frames."""

from provider_assets.database.history import list_imports
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.reports.index import NEWEST, write_index


def refresh_index(folders: Folders, database: ProviderDatabase) -> None:
    """Write `reports/index.html` anew; a plan has none."""
    if not database.plan_only:
        write_index(folders.drop_root() / "reports", list_imports(database.opened(), NEWEST + 1))
