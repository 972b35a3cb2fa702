"""The cost as the table and the history grow: the same new work beside ever more that is old."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.comparison import make_rosters, roster
from benchmarks.contestants import DATA, HERE, WrongRowsError, our_environment, ours
from benchmarks.measure import Run, run, say, summary
from benchmarks.server import DATABASE, Server
from benchmarks.small import make_folder

HELD = (0, 1_000_000, 5_000_000)
ROSTERS = (1_000, 10_000, 100_000)
ROUNDS = 3
TEN_THOUSAND = 10_000
ROWS_OF_OLD = 10  # of each roster in the history
LOADS = len(HELD) * ROUNDS

Curve = dict[str, Any]


def growth(server: Server) -> dict[str, Curve]:
    """Every curve: what it is, a head and rows of text."""
    make_rosters([10])
    make_folder(DATA / "new", 40)
    make_folder(DATA / "large", LOADS, TEN_THOUSAND)
    return {"The table grows": table(server), "The history grows": history(server)}


def table(server: Server) -> Curve:
    """10,000 rows into a table that holds ever more."""
    rosters = sorted((DATA / "large").iterdir())
    rows = []
    for at, held in enumerate(HELD):
        say(f"10,000 rows into a table of {held:,}")
        server.empty_database()
        _fill_table(server, held)
        with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
            home = Path(temporary)
            _ours(server, home, "load", str(roster(10)))
            some = rosters[at * ROUNDS : (at + 1) * ROUNDS]
            one = summary(_ours(server, home, "load", str(path)) for path in some)
        figures = (one["wall"], one["cpu"], one["server_cpu"])
        rows.append([f"{held:,}", *(f"{value:.2f}" for value in figures)])
    return {
        "what": "A roster of 10,000 rows through `load`, into a table that holds other rows.",
        "head": ["rows in the table", "seconds", "CPU s", "server's CPU s"],
        "rows": rows,
    }


def history(server: Server) -> Curve:
    """`trace`, `imports`, the sensor's tick and a load of ten rows beside ever more imports."""
    rows = []
    for count in ROSTERS:
        say(f"{count:,} rosters in the history")
        server.empty_database()
        with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as temporary:
            home = Path(temporary)
            _ours(server, home, "load", str(roster(10)))
            fill_history(server, count)
            _tick(server, home, "fill", count)
            figures = [
                *(_median(server, home, *what) for what in (("trace", npi(count)), ("imports",))),
                _load_of_ten(server, home),
                float(_tick(server, home, "tick", count)),
            ]
        rows.append([f"{count:,}", *(f"{value:.2f}" for value in figures)])
    return {
        "what": "Whole commands beside a history of so many rosters of ten rows, and one tick of "
        "the sensor over ten new files, which is timed inside its process; all in seconds.",
        "head": ["rosters in the history", "`trace`", "`imports`", "`load` of ten rows", "a tick"],
        "rows": rows,
    }


def _ours(server: Server, home: Path, *arguments: str) -> Run:
    environment = our_environment(home, server.url)
    return run(ours(*arguments), folder=home, environment=environment, server_pid=server.pid)


def _median(server: Server, home: Path, *arguments: str) -> float:
    return summary(_ours(server, home, *arguments) for _ in range(ROUNDS))["wall"]


def _load_of_ten(server: Server, home: Path) -> float:
    some = sorted((DATA / "new").iterdir())[:ROUNDS]
    return summary(_ours(server, home, "load", str(path)) for path in some)["wall"]


def _tick(server: Server, home: Path, what: str, count: int) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.tick", what, str(count), str(DATA / "new")],
        check=True, stdout=subprocess.PIPE, text=True, cwd=HERE.parent,
        env=our_environment(home, server.url),
    )  # fmt: skip
    return told.stdout.strip()


def _fill_table(server: Server, count: int) -> None:
    """Other people's rows: NPIs between those of the rosters."""
    if not count:
        return
    path = DATA / f"strangers-{count}.txt"
    if not path.exists():
        subprocess.run(
            [sys.executable, "-m", "benchmarks.rosters", "--strangers", str(path), str(count)],
            check=True, cwd=HERE.parent,
        )  # fmt: skip
    path.chmod(0o644)
    server.run(
        f"USE {DATABASE}",
        f"LOAD DATA INFILE '{path}' INTO TABLE providerinfo (PROV_NPI) SET"
        " ENTY_NM = 'Practice', PROV_FST_NM = 'First', PROV_LST_NM = 'Last',"
        " PROV_FULL_NM = 'Last, First'",
    )


def npi(number: int) -> str:
    """An NPI of the filled history."""
    return str(2_000_000_000 + number)


def fill_history(server: Server, count: int) -> None:
    """So many imports of ten rows each, made out of the one that is there."""
    digit = " UNION ALL ".join(f"SELECT {number} AS d" for number in range(10))
    powers = range(len(str(count * ROWS_OF_OLD)))
    numbers = " + ".join(f"t{power}.d * {10**power}" for power in powers)
    tables = " CROSS JOIN ".join(f"({digit}) t{power}" for power in powers)
    server.run(
        f"USE {DATABASE}",
        "CREATE TEMPORARY TABLE numbers (n INT PRIMARY KEY)",
        f"INSERT INTO numbers SELECT {numbers} AS n FROM {tables}"
        f" WHERE {numbers} BETWEEN 1 AND {count * ROWS_OF_OLD}",
        _copies("provider_import", "n <= " + str(count), {
            "id": "id + n", "sha256": "SHA2(n, 256)", "live_sha256": "SHA2(n, 256)",
            "roster": "CONCAT('filled-', LEFT(SHA2(n, 256), 12))",
        }, server),
        _copies("provider_import_row", "npi = (SELECT MIN(npi) FROM provider_import_row)", {
            "import_id": f"import_id + 1 + (n - 1) DIV {ROWS_OF_OLD}", "npi": "2000000000 + n",
        }, server),
        "INSERT INTO providerinfo SELECT entity_name, first_name, last_name, full_name, npi"
        " FROM provider_import_row WHERE npi >= '2000000000'",
        "ANALYZE TABLE provider_import, provider_import_row, providerinfo",
    )  # fmt: skip
    found = server.run(f"SELECT COUNT(*) FROM {DATABASE}.provider_import_row WHERE npi >= '2'")
    if found != [(count * ROWS_OF_OLD,)]:
        raise WrongRowsError(f"{found} rows in the filled history")


def _copies(name: str, which: str, changed: dict[str, str], server: Server) -> str:
    """The statement that copies the rows of a table once for each number, some columns changed."""
    columns = [
        str(row[0])
        for row in server.run(
            "SELECT column_name FROM information_schema.columns"
            f" WHERE table_schema = '{DATABASE}' AND table_name = '{name}'"
        )
    ]
    named = ", ".join(f"`{column}`" for column in columns)
    values = ", ".join(changed.get(column, f"`{column}`") for column in columns)
    return f"INSERT INTO {name} ({named}) SELECT {values} FROM {name} JOIN numbers WHERE {which}"
