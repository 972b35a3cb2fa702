"""A workbook to the frame `raw_providers`, against what fastexcel alone takes to read it to Arrow.

`python -m benchmarks.reading [ROWS] [ROUNDS]` prints CPU seconds, the largest process's memory and
their ratio. Ours counts everything from the call to the frame: the child process with its start,
the search for the table, cleaning, the way back. Libraries are imported before in both.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS, ROUNDS = 1_000_000, 3
AT_MOST_RATIO, AT_MOST_MB = 2.0, 700


def fastexcel_alone(path: Path) -> dict[str, float]:
    """The workbook's first sheet as Arrow, every cell as text."""
    import fastexcel

    before = _cpu()
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string")
    rows = sheet.to_arrow().num_rows
    return {"cpu": _cpu() - before, "rows": rows - 1, "peak_mb": _peak()}


def ours(path: Path) -> dict[str, float]:
    """The workbook as the frame of `raw_providers`."""
    import pandas as pd  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from provider_assets.reading.layouts import load_layouts
    from provider_assets.reading.limits import ReadingLimits
    from provider_assets.reading.nursery import NURSERY
    from provider_assets.reading.roster import read_roster

    layouts = load_layouts(None)
    before = _cpu()
    frame = read_roster(
        path, roster="benchmark", file=path.name, sha256="0" * 64, layouts=layouts,
        limits=ReadingLimits(),
    )  # fmt: skip
    NURSERY.close()  # its CPU seconds are known when it has ended
    return {"cpu": _cpu() - before, "rows": len(frame.rows), "peak_mb": _peak()}


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(one.ru_maxrss for one in used) * 1024 / 1e6


CONTESTANTS = {"fastexcel alone": fastexcel_alone, "raw_providers": ours}


def measure(path: Path, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Each contestant in turn, in a process of its own each time."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in CONTESTANTS}
    for _ in range(rounds):
        for name in CONTESTANTS:
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.reading", "--one", name, str(path)],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            runs[name].append(json.loads(done.stdout))
            print(f"  {name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
    return runs


def report(runs: dict[str, list[dict[str, float]]], rows: int) -> str:
    """The medians as a Markdown table, and the ratio."""
    lines = [f"| {rows:,} rows to | CPU seconds | peak MB |", "|---|---|---|"]
    cpu = {}
    for name, figures in runs.items():
        cpu[name] = statistics.median(one["cpu"] for one in figures)
        peak = max(one["peak_mb"] for one in figures)
        lines.append(f"| {name} | {cpu[name]:.2f} | {peak:.0f} |")
    ratio = cpu["raw_providers"] / cpu["fastexcel alone"]
    lines += ["", f"Ratio: {ratio:.2f} (at most {AT_MOST_RATIO}; at most {AT_MOST_MB} MB)"]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """`[ROWS] [ROUNDS]`, or `--one CONTESTANT FILE` in the processes that are measured."""
    if arguments[:1] == ["--one"]:
        print(json.dumps(CONTESTANTS[arguments[1]](Path(arguments[2]))))
        return
    rows, rounds = (int(value) for value in (arguments + [ROWS, ROUNDS][len(arguments) :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.rosters", folder, str(rows)]
        subprocess.run(command, check=True)
        print(report(measure(Path(folder) / f"roster-{rows}.xlsx", rounds), rows))


if __name__ == "__main__":
    main(sys.argv[1:])
