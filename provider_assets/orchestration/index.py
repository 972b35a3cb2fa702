"""Keeping the page over all imports up to date, from the history and never from the frames.

What a roster changes there costs what the newest page shows, however long the history is.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from provider_assets.database.engine import Database
from provider_assets.errors import DatabaseError
from provider_assets.reading.mailbox.port import REPORTS
from provider_assets.settings import process_settings

if TYPE_CHECKING:  # who undoes an import at a command line needs no Dagster for it
    from provider_assets.orchestration.resources import Folders, ProviderDatabase

_waiting: list[set[str]] = []


@contextmanager
def index_at_the_end(folders: "Folders", database: "ProviderDatabase") -> Iterator[None]:
    """Rosters that are loaded one after the other get one new page, not a page each.

    Where the history cannot be asked for it, the page stays as it is: what was loaded is told all
    the same.
    """
    _waiting.append(set())
    try:
        yield
    finally:
        changed = _waiting.pop()
        if changed:
            with suppress(DatabaseError, OSError):
                refresh_index(folders, database, *changed)


def refresh_index(folders: "Folders", database: "ProviderDatabase", *changed: str) -> None:
    """Write `reports/index.html` anew, after something became of these contents; a plan has none.

    The pages of older imports stay as they are, but for those that show one of these contents.
    """
    if _waiting:
        _waiting[-1].update(changed)
    elif not database.plan_only:
        write_pages(folders.drop_root(), database.opened(), changed)


def write_pages(
    drop_folder: Path, database: Database, changed: tuple[str, ...] | None = None
) -> None:
    """Write the pages that show the newest imports and the changed contents (None: every page)."""
    from provider_assets.database.questions.listing import ImportsInOrder
    from provider_assets.reports.index import write_index

    write_index(drop_folder / REPORTS, ImportsInOrder(database), changed=changed)


def show_undone(database: Database, sha256: str) -> None:
    """Write the pages anew after an undo at a command line, which may run far from the reports.

    Where they are not, or may not be written, the service's next roster or the night's job does it.
    """
    drop_folder = process_settings().drop_folder
    if (drop_folder / REPORTS).is_dir():
        with suppress(DatabaseError, OSError):
            write_pages(drop_folder, database, (sha256,))
