"""What a big roster gives back: time and peak memory of its files, and of the index.

    python benchmarks/reports.py [ROWS …] [--rejected 0.05]

Each size runs in a process of its own. The roster's frames are made in it first, so `frames_mb` is
what stands in memory before anything is written, and `peak_mb` what it came to.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

SIZES = (10_000, 100_000, 1_000_000)
REJECTED = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES)
    parser.add_argument("--rejected", type=float, default=REJECTED)
    parser.add_argument("--here", action="store_true", help="measure in this process")
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure(given.rows[0], given.rejected)))
        return
    for rows in given.rows:
        command = [sys.executable, __file__, str(rows), "--rejected", str(given.rejected), "--here"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(told.strip(), flush=True)


def measure(rows: int, share: float) -> dict[str, object]:
    """Write a roster's files once; seconds of wall clock and CPU, megabytes of memory."""
    from provider_assets.reports.files import write_report_files
    from provider_assets.reports.index import write_index

    outcome, frames = made_up(rows, share)
    frames_mb = peak_mb()
    with TemporaryDirectory() as folder:
        drop = Path(folder)
        started, cpu = time.perf_counter(), time.process_time()
        files = write_report_files(drop, outcome, *frames)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
        history = imports(500, rows)
        started = time.perf_counter()
        write_index(drop / "reports", history)
        index_seconds = time.perf_counter() - started
        written = [path for path in (files.rejects, files.filtered, *files.more) if path]
        return {
            "rows": rows,
            "rejects": len(frames[0]) + len(frames[1]),
            "seconds": round(seconds, 2),
            "cpu_seconds": round(cpu_seconds, 2),
            "frames_mb": frames_mb,
            "peak_mb": peak_mb(),
            "index_of_500_seconds": round(index_seconds, 3),
            "files_mb": {p.name: round(p.stat().st_size / 2**20, 1) for p in written},
        }


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def made_up(rows: int, share: float):
    """A roster of made-up providers: half of its rejects are invalid, half duplicates."""
    import numpy as np
    import pandas as pd

    from provider_assets.providers.fields import FIELDS
    from provider_assets.providers.frames import CLEAN, REJECTED
    from provider_assets.providers.roster import (
        RosterOutcome,
        RosterSource,
        RowCounts,
        SheetSource,
        SourceColumn,
    )

    position = pd.RangeIndex(rows, name="position").astype("int64")
    text = position.astype("str")
    frame = pd.DataFrame(
        {
            "entity_name": "Mercy Medical Group",
            "first_name": "First" + text,
            "last_name": "Last" + text,
            "full_name": "Last" + text + ", First" + text,
            "npi": pd.Series(1_000_000_000 + np.arange(rows), index=position).astype("str"),
            "sheet": "Sheet1",
        },
        index=position,
    )
    frame = frame.reindex(columns=[*FIELDS, "sheet"]).astype("str")
    frame["row"] = np.arange(rows) + 2
    every = round(1 / share) * 2
    broken, repeated = (np.arange(rows) % every == at for at in (0, every // 2))
    invalid = frame[broken].assign(full_name=None, codes="full-name-missing")
    duplicates = frame[repeated].assign(npi=frame["npi"].shift(1)[repeated])
    duplicates = duplicates.assign(codes="duplicate-in-file-conflicting")
    clean = frame[~broken & ~repeated].assign(warnings="")
    frames = (
        invalid.astype({"full_name": "str", "codes": "str"})[list(REJECTED)],
        duplicates.astype({"codes": "str"})[list(REJECTED)],
        clean.astype({"warnings": "str"})[list(CLEAN)],
    )
    fields = ("entity_name", "first_name", "last_name", "full_name", "npi")
    columns = tuple(SourceColumn(name.title(), name, at) for at, name in enumerate(fields))
    source = RosterSource(
        "mercy-3fa9c1d20b7e", "mercy.xlsx", "3fa9c1d20b7e" * 5 + "0000", 1, "xlsx", "generic",
        "abcdefabcdef", (SheetSource("Sheet1", 1, columns),),
    )  # fmt: skip
    counts = RowCounts(rows, len(frames[0]), len(frames[1]), len(frames[2]), len(frames[2]))
    reasons = {
        "full-name-missing": counts.invalid,
        "duplicate-in-file-conflicting": counts.duplicate,
    }
    return RosterOutcome(source, "loaded", counts, reasons), frames


def imports(count: int, rows: int):
    from provider_assets.providers.imports import ImportRecord
    from provider_assets.providers.roster import RowCounts

    started = datetime(2025, 5, 1, tzinfo=UTC)
    first = ImportRecord(
        0, "mercy-000000000000", "mercy.xlsx", "0" * 64, "generic", "0", "reject", "loaded", None,
        RowCounts(rows, rows // 50, 0, rows - rows // 50), {}, {}, None, started, started,
    )  # fmt: skip
    return [
        replace(first, id=number, started=started + timedelta(hours=number))
        for number in range(count)
    ]


if __name__ == "__main__":
    main()
