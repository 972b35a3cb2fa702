"""What small work costs: `--help`, ten rows, and a folder of many rosters through one `load`."""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.comparison import expected, make_rosters, roster
from benchmarks.contestants import DATA, HERE, WrongRowsError, our_environment, ours
from benchmarks.measure import Run, in_turns, run, say, summary
from benchmarks.server import DATABASE, Server

ROUNDS, QUICK_ROUNDS = 5, 2
TEN = 10
TREE = HERE.parent


def small(server: Server, *, quick: bool) -> dict[str, dict[str, float]]:
    """`--help`, and ten rows in a fresh home and in one that has loaded before."""
    say("small work")
    rounds = QUICK_ROUNDS if quick else ROUNDS
    make_rosters([TEN, 1_000])
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        folder = Path(temporary)
        environment = our_environment(folder, server.url)
        helps = [run(ours("--help"), folder=folder, environment=environment) for _ in range(rounds)]
    pairs = [_ten_rows(server) for _ in range(rounds)]
    return {
        "`--help`": summary(helps),
        "ten rows, a fresh home": summary(fresh for fresh, _ in pairs),
        "ten rows, a home in use": summary(used for _, used in pairs),
    }


WAYS = {"`load`": (), "`load --jobs 1`": ("--jobs", "1")}


def folder_of_rosters(server: Server, count: int, rounds: int) -> dict[str, dict[str, float]]:
    """`count` rosters of ten rows through one `load`, side by side and one by one in turns.

    By way the summary, `rosters`, and rosters `a_second`.
    """
    say(f"a folder of {count:,} rosters")
    rosters = DATA / f"folder-{count}"
    make_folder(rosters, count)
    contestants = {
        name: partial(load_folder, server, rosters, *options) for name, options in WAYS.items()
    }
    runs = in_turns(contestants, dict.fromkeys(WAYS, rounds))
    told = {name: summary(figures) for name, figures in runs.items()}
    return {
        name: one | {"rosters": count, "a_second": count / one["wall"]}
        for name, one in told.items()
    }


def load_folder(server: Server, rosters: Path, *options: str, tree: Path = TREE) -> Run:
    """One load of a folder into an empty database, by the code of a checkout."""
    server.empty_database()
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        folder = Path(temporary)
        environment = our_environment(folder, server.url) | {"PYTHONPATH": str(tree)}
        figures = run(
            ours("load", *options, str(rosters)), folder=folder, environment=environment,
            server_pid=server.pid,
        )  # fmt: skip
    count = len(list(rosters.iterdir()))
    loaded = server.run(f"SELECT COUNT(*) FROM {DATABASE}.provider_import WHERE state = 'loaded'")
    if loaded != [(count,)]:
        raise WrongRowsError(f"{loaded} imports in the history, {count} expected")
    return figures


def make_folder(folder: Path, count: int, size: int = TEN) -> None:
    """Make the folder's rosters, no NPI in two of them, in a process of its own."""
    if not folder.exists():
        what = ["--split", str(folder), str(count), str(size)]
        subprocess.run([sys.executable, "-m", "benchmarks.rosters", *what], check=True)


def _ten_rows(server: Server) -> tuple[Run, Run]:
    """The same home twice: ten rows in a fresh one, and ten others after a thousand."""
    server.empty_database()
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
        folder = Path(temporary)
        environment = our_environment(folder, server.url)

        def load(path: Path) -> Run:
            return run(
                ours("load", str(path)), folder=folder, environment=environment,
                server_pid=server.pid,
            )  # fmt: skip

        fresh = load(roster(TEN))
        if server.fingerprint() != expected(TEN):
            raise WrongRowsError("ten rows: other rows in the table than expected")
        load(roster(1_000))
        server.run(f"DELETE FROM {DATABASE}.providerinfo")
        other = DATA / "folder-100"
        make_folder(other, 100)
        return fresh, load(min(other.iterdir()))
