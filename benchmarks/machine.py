"""The machine and the versions that the figures belong to; no host name, no path."""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.contestants import peers_python
from benchmarks.server import Server

OURS = ("dagster", "pandas", "pyarrow", "fastexcel", "sqlalchemy", "pymysql")
PEERS = (
    "luigi",
    "dlt",
    "pandas",
    "openpyxl",
    "python-calamine",
    "polars",
    "fastexcel",
    "sqlalchemy",
)
ASK = (
    "import json, sys, importlib.metadata as m;"
    "print(json.dumps([m.version(name) for name in sys.argv[1:]]))"
)


def describe(server: Server) -> dict[str, str]:
    """What stands under the tables: `{what: description}`."""
    told = subprocess.run(
        [str(peers_python()), "-c", ASK, *PEERS], check=True, capture_output=True, text=True
    )
    return {
        "processor": f"{len(os.sched_getaffinity(0))} x {_first('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "server": server.describe(),
        "python": platform.python_version(),
        "ours": _versions(dict(zip(OURS, map(version, OURS), strict=True))),
        "peers": _versions(dict(zip(PEERS, json.loads(told.stdout), strict=True))),
        "commit": _commit(),
    }


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return "unknown"


def _versions(found: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.items())


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        check=False, capture_output=True, text=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    return told.stdout.strip() or "no repository"


if __name__ == "__main__":
    sys.exit("run python -m benchmarks")
