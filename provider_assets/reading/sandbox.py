"""A child process per file, with limits on memory, time and output; a hostile file ends only that.

The child gets no environment, no standard stream and a folder of its own; what it says comes back
as files in there. Nothing else that it writes is shown to anyone.
"""

import errno
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode, RosterError
from provider_assets.leftovers import temporary_folder
from provider_assets.providers.layout import Layout
from provider_assets.reading.limits import FULL_STATUS, REPORT_BYTES, ReadingLimits
from provider_assets.reading.nursery import NURSERY

WORKER = "from provider_assets.reading.child.worker import main; main()"
_EXPLAINING_SECONDS = 60.0
QUIET_SECONDS = 1.0
_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGALRM)


class _ReaderGoneError(Exception):
    """The child ended without a word; whether that was for lack of time."""

    def __init__(self, *, late: bool) -> None:
        super().__init__()
        self.late = late


Job = Mapping[str, Any]
Report = tuple[dict[str, Any], Path]


def reading_job(path: Path, file: str, layouts: Sequence[Layout], today: date | None = None) -> Job:
    """What the reader is told to do where a roster's rows are wanted; see `read_roster`."""
    return {
        "task": "read",
        "path": str(path.absolute()),
        "file": file,
        "today": (today or date.today()).isoformat(),  # noqa: DTZ011 - the hospital's day is ours
        "layouts": [layout.wanted.to_dict() for layout in layouts],
    }


@contextmanager
def run_reader(job: Job, limits: ReadingLimits, worker: str = WORKER) -> Iterator[Report]:
    """Run the worker on `job` (`task`, `path`, `file`, and what the task needs).

    Yields its report and its folder, which is gone afterwards. Raises RosterError with the code
    of the worker's refusal; where it could not even refuse, what a second, careful look at the
    file finds, and otherwise `reader-died` or `reader-timeout`. Raises OSError that names
    the folder where its disk is full: that is no fault of the file's.
    """
    with temporary_folder("reader") as folder:
        try:
            report = _run_twice(folder, job, limits, worker)
        except _ReaderGoneError as gone:
            raise _explained(job, limits, worker, late=gone.late) from None
        if "code" in report:
            raise RosterError(FileCode(report["code"]), f"{job['file']!r}: {report['sentence']}")
        yield report, folder


def _run_twice(folder: Path, job: Job, limits: ReadingLimits, worker: str) -> dict[str, Any]:
    """Somebody else may have killed the reader: a file is to blame only if it does so again."""
    try:
        return _run(folder, job, limits, worker)
    except _ReaderGoneError as gone:
        if gone.late:
            raise
    time.sleep(QUIET_SECONDS)
    return _run(folder, job, limits, worker)


def _run(folder: Path, job: Job, limits: ReadingLimits, worker: str) -> dict[str, Any]:
    try:
        (folder / "job.json").write_text(json.dumps({**job, "limits": asdict(limits)}), "ascii")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder.parent)) from None
    try:
        status = NURSERY.run(worker, folder, limits.seconds)
    except TimeoutError:
        raise _ReaderGoneError(late=True) from None
    if status == FULL_STATUS:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder.parent))
    report = folder / "report.json"
    if status or not report.is_file() or report.stat().st_size > REPORT_BYTES:
        raise _ReaderGoneError(late=status in _OUT_OF_TIME)
    found: dict[str, Any] = json.loads(report.read_bytes())
    return found


def _explained(job: Job, limits: ReadingLimits, worker: str, *, late: bool) -> RosterError:
    """Why the reader is gone: by a look at the file that keeps nothing, in a child of its own."""
    if job["task"] != "explain":
        patience = replace(limits, seconds=min(limits.seconds, _EXPLAINING_SECONDS))
        try:
            with run_reader({**job, "task": "explain"}, patience, worker):
                pass
        except RosterError as error:
            if error.code not in (FileCode.READER_DIED, FileCode.READER_TIMEOUT):
                return error
    if late:
        return RosterError(
            FileCode.READER_TIMEOUT,
            f"{job['file']!r}: reading it took longer than is allowed; copy the rows to a new "
            "workbook, or send the roster in several files",
        )
    return RosterError(
        FileCode.READER_DIED,
        f"{job['file']!r}: the reader broke down on it; open it in a spreadsheet program, copy "
        "the rows to a new workbook and send that",
    )
