"""The reader's child process: one file in, Parquet and a report out, and then it ends.

It runs without the environment, under limits, and imports neither Dagster nor pandas. Its folder
holds `job.json`; it writes `rows.parquet` and `report.json` there. What the job asks for is done
in `tasks`; here is only what keeps it inside its limits.
"""

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode
from provider_assets.reading.child.refusal import PANIC, Refusal
from provider_assets.reading.limits import FULL_STATUS, ReadingLimits, allow_report, limit_process

_ADVICE = {
    FileCode.TOO_LARGE: "send the roster in several files",
    FileCode.CORRUPT: "open it in a spreadsheet program, save it as an Excel workbook (.xlsx), and "
    "send that",
}


def main() -> None:
    """Do the job of the folder named by the last argument."""
    folder = Path(sys.argv[-1])
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    limits = ReadingLimits(**job["limits"])
    limit_process(limits)
    try:
        report = _answer(job, limits, folder)
        text = json.dumps(report)
        allow_report()
        (folder / "report.json").write_text(text, encoding="ascii")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        os._exit(FULL_STATUS)  # no word could be written down


def _answer(job: dict[str, Any], limits: ReadingLimits, folder: Path) -> dict[str, Any]:
    from provider_assets.reading.child.tasks import TASKS

    try:
        return TASKS[job["task"]](job, limits, folder)
    except Refusal as refusal:
        return {"code": refusal.code.value, "sentence": refusal.sentence}
    except MemoryError:
        code, why = FileCode.TOO_LARGE, "reading it takes more memory than is allowed"
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        code, why = FileCode.TOO_LARGE, "its rows take more space than is allowed"
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        code, why = FileCode.CORRUPT, "the workbook is damaged or incomplete"
    return {"code": code.value, "sentence": f"{why}; {_ADVICE[code]}"}
