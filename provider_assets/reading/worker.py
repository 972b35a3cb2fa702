"""The reader's child process: one file in, Parquet and a report out, and then it ends.

It runs without the environment, under limits, and imports neither Dagster nor pandas. Its folder
holds `job.json`; it writes `rows.parquet` and `report.json` there.
"""

import json
import resource
import sys
from datetime import date
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode
from provider_assets.reading.limits import MB, ReadingLimits
from provider_assets.reading.refusal import Refusal, refuse


def main() -> None:
    """Do the job of the folder named by the last argument."""
    folder = Path(sys.argv[-1])
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    limits = ReadingLimits(**job["limits"])
    _limit(limits)
    try:
        report = _read(job, limits, folder)
    except Refusal as refusal:
        report = {"code": refusal.code.value, "sentence": refusal.sentence}
    except MemoryError:
        report = {
            "code": "too-large",
            "sentence": "reading it takes more memory than is allowed; send the roster in several files",
        }
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")


def _limit(limits: ReadingLimits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_bytes, limits.output_bytes))


def _limit_memory(unpacked: int, limits: ReadingLimits) -> None:
    """A small file gets little memory, however much it claims to hold."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    allowed = taken + min(limits.memory, 768 * MB + 12 * unpacked)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def _read(job: dict[str, Any], limits: ReadingLimits, folder: Path) -> dict[str, Any]:
    from provider_assets.reading.kinds import kind_of, note_on_name

    path = Path(job["path"])
    kind = kind_of(path, limits)

    import pyarrow as pa
    import pyarrow.parquet as pq

    from provider_assets.providers.headers import Wanted
    from provider_assets.reading import rows, table
    from provider_assets.reading.delimited import read_text
    from provider_assets.reading.sheets import Workbook, open_workbook

    _limit_memory(kind.unpacked, limits)
    wanted = [Wanted.from_dict(raw) for raw in job["layouts"]]
    if kind.name == "text":
        book = Workbook(iter([read_text(path, limits)]), [])
    else:
        book = open_workbook(path, kind.name, limits)
    looked, read, notes, filled = [], [], [], False
    for sheet in book.sheets:
        filled = filled or bool(sheet.rows)
        found = table.candidates(sheet, wanted)
        looked += [(sheet.name, one) for one in found]
        best = table.best_fit(found)
        if best is None:
            if sheet.rows:
                notes.append(f"sheet {sheet.name!r} has no table of providers and was left out")
            continue
        built, said = rows.build(sheet, best, date.fromisoformat(job["today"]))
        read.append((sheet.name, best, built))
        notes += said
    if not filled:
        refuse(FileCode.EMPTY, "no visible sheet has anything in it; send the roster again")
    if not read:
        table.refuse_unfit(looked)
    top = max(best.match.rank[0] for _, best, _ in read)
    layouts = sorted({best.match.wanted.layout for _, best, _ in read if best.match.rank[0] == top})
    if len(layouts) > 1:
        refuse(
            FileCode.AMBIGUOUS_LAYOUT,
            f"its sheets fit different layouts: {' and '.join(layouts)}; send them as one file each",
        )
    for name, best, _ in read:
        if best.match.wanted.layout != layouts[0]:
            notes.append(f"sheet {name!r} does not fit the layout {layouts[0]} and was left out")
    read = [one for one in read if one[1].match.wanted.layout == layouts[0]]
    note = note_on_name(job["file"], kind.name)
    pq.write_table(pa.concat_tables([built for _, _, built in read]), folder / "rows.parquet")
    return {
        "kind": kind.name,
        "layout": layouts[0],
        "hidden": book.hidden,
        "notes": ([note] if note else []) + notes,
        "sheets": [
            {
                "sheet": name,
                "header_row": best.row + 1,
                "columns": sorted(
                    (
                        {"header": best.headers[p], "field": f, "position": p}
                        for f, p in best.match.columns.items()
                    ),
                    key=lambda column: column["position"],
                ),
            }
            for name, best, _ in read
        ],
    }


if __name__ == "__main__":
    main()
