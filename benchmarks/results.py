"""Writes the figures down: `RESULTS.md`, with ratios first, and the machine under them.

`data/results.json` keeps the figures themselves, so that one part can be measured anew.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import registry
from benchmarks.contestants import CONTESTANTS, DATA, HERE
from benchmarks.measure import QUIET
from benchmarks.targets import TARGETS

STORE = DATA / "results.json"
REMARKS = HERE / "remarks.md"
LABELS = {one.name: one.label for one in CONTESTANTS}
US = "provider-assets"


def keep(part: str, figures: Any, store: Path = STORE) -> None:
    """Put a part's figures in the place of those that were there."""
    held = read(store)
    held[part] = figures
    store.write_text(json.dumps(held, indent=1), encoding="utf-8")


def read(store: Path = STORE) -> dict[str, Any]:
    """All figures that are kept."""
    return json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}


def keep_noise(part: str, load: float, others: float, store: Path = STORE) -> None:
    """Keep under which load a part was measured, beside its figures."""
    keep("noise", read(store).get("noise", {}) | {part: [load, others]}, store)


def noisy(figures: Mapping[str, Any]) -> str:
    """The parts whose figures other work has spoilt, or may have; empty where none is."""
    known = figures.get("noise", {})
    parts = [name for name in figures if name not in ("noise", "machine")]
    spoilt = [name for name in parts if max(known.get(name, [math.inf])) > QUIET]
    return ", ".join(spoilt)


def report(figures: Mapping[str, Any]) -> str:
    """The whole of `RESULTS.md`."""
    parts: tuple[tuple[str, Callable[[Any], Iterable[str]]], ...] = (
        ("comparison", comparison),
        ("small", small),
        ("folder", folder),
        ("growth", growth),
        ("registry", registry.report),
        ("rooms", rooms),
    )
    lines = ["# Results", "", HEAD, *targets(figures)]
    for part, write in parts:
        if part in figures:
            lines += ["", *write(figures[part])]
    if REMARKS.exists():
        lines += ["", REMARKS.read_text(encoding="utf-8").rstrip()]
    if "machine" in figures:
        lines += ["", *machine(figures["machine"])]
    return "\n".join(lines) + "\n"


HEAD = """\
Written by `make bench`. Every figure is a whole process's, from its start to its end, with all of
its children; contestants run in turns on one private server, each into an empty database, and a
time counts only where the table then holds the very rows that the roster's maker expects. Ours is
`provider-assets load`: Dagster, all assets, checks, archive, history and reports, in a fresh home.
Times are medians; the spread is from the fastest to the slowest run. Peak memory is that of the
largest single process, the server's aside. *Others* is how many processors something else kept
busy in the second before a run, at most; nothing is written here where that, or the load average
as the measuring begins, is above 1. The load average before a run, of which the run before it is a
part, stands in parentheses.
"""


def targets(figures: Mapping[str, Any]) -> list[str]:
    """Each target, what came out, and whether it is met."""
    lines = ["## Targets", "", "| target | bound | measured | |", "|---|---|---|---|"]
    for target in TARGETS:
        sign = "≥" if target.at_least else "≤"
        bound = f"{sign} {target.bound:g} {target.unit}"
        try:
            value = target.value(figures)
        except KeyError:
            lines.append(f"| {target.what} | {bound} | not measured in this run | |")
            continue
        verdict = "met" if target.met(value) else "**not met**"
        lines.append(f"| {target.what} | {bound} | {value:.2f} {target.unit} | {verdict} |")
    return lines


def comparison(sizes: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    """A table a size, the fastest first."""
    lines = ["## Side by side"]
    for size, contestants in sizes.items():
        ours = contestants.get(US)
        rows = [
            [
                LABELS[name],
                *_times(one),
                f"{one['cpu']:.2f}",
                f"{one['server_cpu']:.2f}",
                f"{one['peak_mb']:.0f}",
                f"{one['wall'] / ours['wall']:.2f} x" if ours else "",
            ]
            for name, one in sorted(contestants.items(), key=lambda item: item[1]["wall"])
        ]
        lines += ["", f"### {int(size):,} rows", "", *table(COMPARED, rows)]
        if "luigi" not in contestants:
            lines += ["", "Not measured here: the old Luigi flow, which would take too long."]
    return lines


NOTED = ("", "seconds", "spread", "runs", "others")
COMPARED = (*NOTED, "CPU s", "server's CPU s", "peak MB", "of our time")


def small(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What small work costs."""
    rows = [
        [name, *_times(one), f"{one['cpu']:.2f}", f"{one['peak_mb']:.0f}"]
        for name, one in figures.items()
    ]
    return [
        "## Small work",
        "",
        *table((*NOTED, "CPU s", "peak MB"), rows),
    ]


def folder(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Many rosters through one command, side by side and one by one."""
    rows = [
        [
            name,
            *_times(one),
            f"{one['a_second']:.2f}",
            f"{1000 * one['cpu'] / one['rosters']:.0f}",
            f"{one['peak_mb']:.0f}",
        ]
        for name, one in figures.items()
    ]
    count = max(one["rosters"] for one in figures.values())
    told = f"{count:,.0f} rosters of ten rows through one `load`, in turns."
    head = (*NOTED, "rosters a second", "CPU ms each", "peak MB")
    return ["## A folder of rosters", "", told, "", *table(head, rows)]


def growth(curves: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A table a curve: what grows, and the cost at each point."""
    lines = ["## Growth"]
    for name, curve in curves.items():
        lines += ["", f"### {name}", "", curve["what"], "", *table(curve["head"], curve["rows"])]
    return lines


def rooms(told: Mapping[str, str]) -> list[str]:
    """What the benchmarks of single rooms print, as they print it."""
    lines = ["## Room by room"]
    for name, text in told.items():
        lines += ["", f"### {name}", "", text.strip()]
    return lines


def machine(parts: Mapping[str, str]) -> list[str]:
    """What all of it ran on."""
    return ["## Machine and versions", "", *table(("", ""), [[*item] for item in parts.items()])]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; all columns but the first are numbers."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return ["| " + " | ".join(map(str, row)) + " |" for row in (head, rule, *rows)]


def _times(one: Mapping[str, float]) -> tuple[str, str, str, str]:
    spread = f"{one['low']:.2f}-{one['high']:.2f}" if one["runs"] > 1 else ""
    noise = f"{one['others']:.1f} ({one['load']:.1f})" if "others" in one else "not known"
    return f"{one['wall']:.2f}", spread, f"{one['runs']:.0f}", noise
