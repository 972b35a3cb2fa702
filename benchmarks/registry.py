"""`python -m benchmarks.registry [ROWS]`: the public registry at its real size.

Each figure is a whole process's. What judging costs on top is the difference of two processes
that judge the same rows, with a registry and without; a million rows of which one in twenty has
another name than the registry, and one in a hundred is not in it.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from benchmarks.contestants import DATA, ours
from benchmarks.measure import Run, run, say, summary

ROWS = 9_400_000
JUDGED = (1_000_000, 10)
DAY = date(2026, 11, 8)
ROUNDS = 3
BUDGET = {"built": 180.0, "peak_mb": 1_000.0, "disk_mb": 600.0, "million": 2.0, "ten": 0.15}
Figures = dict[str, dict[str, float]]


def measure(rows: int = ROWS) -> Figures:
    """Build the store of so many rows, then judge against it."""
    folder = DATA / "registry"
    folder.mkdir(parents=True, exist_ok=True)
    archive = _made(folder, rows)
    home = folder / f"home-{rows}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    say(f"building the store of {rows:,} rows")
    built = run(ours("registry", "load", str(archive)), folder=home, environment=_environment(home))
    store = home / "registry" / "npi_registry.arrow"
    figures: Figures = {"built": {"wall": built.wall, "cpu": built.cpu, "peak_mb": built.peak_mb}}
    figures["built"]["disk_mb"] = store.stat().st_size / 1e6
    say(f"  {figures['built']}")
    for judged in JUDGED:
        figures[f"{judged}"] = _judged(folder, home / "registry", min(judged, rows // 2))
    return figures


def _made(folder: Path, rows: int) -> Path:
    """The monthly file, made once."""
    archive = folder / f"npidata_{rows}.zip"
    if not archive.exists():
        say(f"making a registry file of {rows:,} rows")
        aside = archive.with_suffix(".part")
        _step("make", str(aside), str(rows))
        aside.rename(archive)
    return archive


def _judged(folder: Path, registry: Path, rows: int) -> dict[str, float]:
    roster = folder / f"roster-{rows}.parquet"
    _step("roster", str(registry), str(roster), str(rows))
    runs: dict[str, list[Run]] = {"with": [], "without": []}
    for _ in range(ROUNDS):
        for name, against in (("without", "-"), ("with", str(registry))):
            runs[name].append(_step("judge", str(roster), against))
    medians = {name: summary(them) for name, them in runs.items()}
    return {
        "cpu": medians["with"]["cpu"],
        "on_top": medians["with"]["cpu"] - medians["without"]["cpu"],
        "peak_mb": medians["with"]["peak_mb"],
    }


def _step(*arguments: str) -> Run:
    with tempfile.TemporaryDirectory(prefix="provider-assets-bench-") as scratch:
        command = [sys.executable, "-m", "benchmarks.registry_steps", *arguments]
        return run(command, folder=Path(scratch), environment=_environment(Path(scratch)))


def _environment(home: Path) -> dict[str, str]:
    kept = {name: v for name, v in os.environ.items() if not name.startswith("PROVIDER_ASSETS_")}
    return kept | {
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PROVIDER_ASSETS_HOME": str(home),
    }


def report(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The budget and what came out, as Markdown."""
    built = figures["built"]
    rows = (
        ("built: seconds by the clock", BUDGET["built"], built["wall"]),
        ("built: CPU seconds", None, built["cpu"]),
        ("built: peak MB", BUDGET["peak_mb"], built["peak_mb"]),
        ("the store on the disk, MB", BUDGET["disk_mb"], built["disk_mb"]),
        ("a million rows judged: CPU seconds on top", BUDGET["million"],
         figures[str(JUDGED[0])]["on_top"]),
        ("ten rows judged: CPU seconds on top", BUDGET["ten"], figures[str(JUDGED[1])]["on_top"]),
    )  # fmt: skip
    lines = ["## The registry", "", f"A generated monthly file of {ROWS:,} rows.", ""]
    lines += ["| what | budget | measured | |", "|---|--:|--:|---|"]
    for what, bound, value in rows:
        verdict = "" if bound is None else "met" if value <= bound else "**not met**"
        most = "" if bound is None else f"≤ {bound:g}"
        lines.append(f"| {what} | {most} | {value:.2f} | {verdict} |")
    return lines


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    sys.stdout.write("\n".join(report(measure(wanted))) + "\n")
