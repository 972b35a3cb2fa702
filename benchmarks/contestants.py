"""Who is measured: how each is started, up to which size, and how often.

Ours is the real thing: `provider-assets load` with a home of its own, all assets, checks,
archive, history and reports.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Run, run, say
from benchmarks.server import DATABASE, Server

HERE = Path(__file__).parent
PEERS = HERE / "peers"
DATA = HERE / "data"
OURS = "provider-assets"

Command = Callable[[str, str, str], list[str]]  # roster, database URL, empty folder


@dataclass(frozen=True)
class Contestant:
    """Somebody who loads a roster. `largest` is the size above which nobody would wait for it;
    `makes_table` tells that it wants to create `providerinfo` itself.
    """

    name: str
    label: str
    arguments: tuple[str, ...] = ()
    largest: int = 1_000_000
    makes_table: bool = False
    wants_folder: bool = False


CONTESTANTS = (
    Contestant(OURS, "**provider-assets load**"),
    Contestant("floor", "bare script: fastexcel, `LOAD DATA`, upsert", ("bare_script.py",)),
    Contestant(
        "pandas-calamine", "pandas, calamine, `to_sql`", ("pandas_to_sql.py", "calamine")
    ),
    Contestant("polars", "polars, calamine, `write_database`", ("polars_write.py",)),
    Contestant(
        "pandas-openpyxl", "pandas, openpyxl, `to_sql`", ("pandas_to_sql.py", "openpyxl")
    ),
    Contestant(
        "dlt-frames", "dlt `merge`, tuned (calamine, frames)", ("dlt_merge.py", "frames"),
        makes_table=True, wants_folder=True,
    ),
    Contestant(
        "dlt", "dlt `merge`, as documented", ("dlt_merge.py", "records"),
        makes_table=True, wants_folder=True,
    ),
    Contestant(
        "luigi", "the old Luigi flow", ("luigi_flow.py",), largest=100_000, wants_folder=True
    ),
)  # fmt: skip


class WrongRowsError(Exception):
    """A contestant's table does not hold the rows that it should: its time does not count."""


def load_once(contestant: Contestant, roster: Path, expected: list[int], server: Server) -> Run:
    """One whole load into an empty database. Raises WrongRowsError where other rows arrive."""
    server.empty_database()
    if contestant.makes_table:
        server.run(f"DROP TABLE {DATABASE}.providerinfo")
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        folder = Path(temporary)
        if contestant.name == OURS:
            figures = run(
                ours("load", str(roster)), folder=folder, server_pid=server.pid,
                environment=our_environment(folder, server.url),
            )  # fmt: skip
        else:
            figures = run(
                _peer(contestant, roster, server.url, folder), folder=folder, server_pid=server.pid
            )
    if (found := server.fingerprint()) != expected:
        raise WrongRowsError(f"{contestant.name}: {found} in the table, {expected} expected")
    return figures


def ours(*arguments: str) -> list[str]:
    """The command line of `provider-assets`."""
    return [sys.executable, "-m", "provider_assets.cli", *arguments]


def our_environment(home: Path, url: str) -> dict[str, str]:
    """Nothing of the caller's settings: a home and a database of our own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PROVIDER_ASSETS_", "DAGSTER_"))
    }
    return kept | {
        "PYTHONPATH": str(HERE.parent),
        "PROVIDER_ASSETS_HOME": str(home),
        "PROVIDER_ASSETS_DATABASE_URL": url,
    }


def _peer(contestant: Contestant, roster: Path, url: str, folder: Path) -> list[str]:
    script, *rest = contestant.arguments
    own = [str(folder)] if contestant.wants_folder else []
    return [str(peers_python()), str(PEERS / script), str(roster), url, *own, *rest]


def peers_python() -> Path:
    """The Python of the peers' virtualenv; made on the first call."""
    python = DATA / "peers" / "bin" / "python"
    wanted = (HERE / "requirements-peers.txt").read_text(encoding="utf-8")
    installed = DATA / "peers" / "installed.txt"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        say("making the peers' virtualenv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", python.parents[1]], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "-r", HERE / "requirements-peers.txt"],
            check=True,
        )
        installed.write_text(wanted, encoding="utf-8")
    return python
