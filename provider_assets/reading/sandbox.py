"""A child process per file, with limits on memory, time and output; a hostile file ends only that.

The child gets no environment, no standard stream and a folder of its own; what it says comes back
as two files. Nothing of what it writes elsewhere is shown to anyone.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from provider_assets.errors import FileCode, RosterError
from provider_assets.reading.limits import ReadingLimits

_START = (
    "import sys; sys.path[:] = {path!r}; from provider_assets.reading.worker import main; main()"
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_MOST_REPORT = 16 << 20


@contextmanager
def run_reader(job: dict[str, Any], file: str, limits: ReadingLimits) -> Iterator[tuple[Any, Path]]:
    """Run the worker on `job`; yields its report and its folder, which is gone afterwards.

    Raises RosterError with the code of the worker's refusal, or `reader-died` and
    `reader-timeout` where it could not even refuse.
    """
    with tempfile.TemporaryDirectory(prefix="provider-assets-reader-") as name:
        folder = Path(name)
        text = json.dumps(job | {"limits": asdict(limits)}, ensure_ascii=False)
        (folder / "job.json").write_text(text, encoding="utf-8")
        _run(folder, file, limits)
        report = _report(folder, file)
        if "code" in report:
            raise RosterError(FileCode(report["code"]), f"{file!r}: {report['sentence']}")
        yield report, folder


def _run(folder: Path, file: str, limits: ReadingLimits) -> None:
    start = _START.format(path=[p for p in sys.path if p] + [str(Path(__file__).parents[2])])
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-I", "-S", "-c", start, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        status = child.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        raise RosterError(
            FileCode.READER_TIMEOUT,
            f"{file!r}: reading it took more than {limits.seconds:.0f} seconds; send the roster "
            "in several files",
        ) from None
    finally:
        child.kill()
        child.wait()
    if status:
        raise RosterError(
            FileCode.READER_DIED,
            f"{file!r}: the reader broke down on it; open it in a spreadsheet program, copy the "
            "rows to a new workbook and send that",
        )


def _report(folder: Path, file: str) -> dict[str, Any]:
    path = folder / "report.json"
    if not path.is_file() or path.stat().st_size > _MOST_REPORT:
        raise RosterError(FileCode.READER_DIED, f"{file!r}: the reader left no report")
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report
