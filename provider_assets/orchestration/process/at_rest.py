"""Whether nothing is under way in a Dagster home, asked of its SQLite files and not of Dagster.

Importing Dagster costs as much as all else that `doctor` does. Where the answer is not plainly yes,
Dagster is asked.
"""

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

_RUNS = "SELECT 1 FROM runs WHERE coalesce(status, '') NOT IN ('SUCCESS', 'FAILURE', 'CANCELED')"
_PLACES = (
    "SELECT 1 FROM concurrency_slots WHERE run_id IS NOT NULL UNION ALL SELECT 1 FROM pending_steps"
)


def is_at_rest(dagster_home: Path) -> bool:
    """Whether no run is unfinished and none keeps a place in a pool.

    False, too, where that cannot be told: a `dagster.yaml` that is not ours, files that are not
    there, other tables.
    """
    ours = files("provider_assets").joinpath("dagster.yaml").read_bytes()
    history = dagster_home / "history"
    try:
        return (
            (dagster_home / "dagster.yaml").read_bytes() == ours
            and not _has(history / "runs.db", _RUNS)
            and not _has(history / "runs" / "index.db", _PLACES)
        )
    except (OSError, sqlite3.Error):
        return False


def _has(path: Path, query: str) -> bool:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
        return file.execute(query).fetchone() is not None
