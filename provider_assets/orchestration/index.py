"""Keeping the page over all imports up to date, from the history and never from the frames."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from provider_assets.database.history import list_imports
from provider_assets.errors import DatabaseError
from provider_assets.orchestration.resources import Folders, ProviderDatabase
from provider_assets.reading.mailbox.port import REPORTS
from provider_assets.reports.index import write_index

_waiting: list[bool] = []


@contextmanager
def index_at_the_end(folders: Folders, database: ProviderDatabase) -> Iterator[None]:
    """Rosters that are loaded one after the other get one new page, not a page each.

    Where the history cannot be asked for it, the page stays as it is: what was loaded is told all
    the same.
    """
    _waiting.append(False)
    try:
        yield
    finally:
        if _waiting.pop():
            with suppress(DatabaseError, OSError):
                refresh_index(folders, database)


def refresh_index(folders: Folders, database: ProviderDatabase) -> None:
    """Write `reports/index.html` anew; a plan has none."""
    if _waiting:
        _waiting[-1] = True
    elif not database.plan_only:
        write_index(folders.drop_root() / REPORTS, list_imports(database.opened()))
