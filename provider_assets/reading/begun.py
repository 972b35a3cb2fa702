"""Reading a roster before its run asks for it: in a child on another core, while this process
imports, or loads the roster before it.

What is begun here is what `read_roster` would have done, the same job under the same limits. It
counts only where the file is still the one that it was; else it is forgotten, and the file is read
when it is its turn.
"""

import atexit
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from provider_assets.errors import ProviderAssetsError, UsageError
from provider_assets.reading.limits import ReadingLimits
from provider_assets.reading.mailbox.intake import Stamp, stamp_of
from provider_assets.reading.nursery import NURSERY
from provider_assets.reading.sandbox import Job, Report, run_reader

ABANDON_SECONDS = 2.0


class _Reading:
    """One file's reading, under way in a thread that waits for the child and then for its user."""

    def __init__(self, stamp: Stamp, job: Job, limits: ReadingLimits) -> None:
        self._stamp, self._job, self._limits = stamp, job, limits
        self._report: Report | None = None
        self._refusal: ProviderAssetsError | None = None
        self._told, self._used = threading.Event(), threading.Event()
        # a daemon: a command that ends early waits for no roster that it has no use for
        self._thread = threading.Thread(target=self._run, args=(job, limits), daemon=True)
        self._thread.start()

    def is_for(self, job: Job, limits: ReadingLimits) -> bool:
        """Whether this is what is asked for, and the file that it is of did not change since."""
        path = self._job["path"]
        if ({**job, "path": path}, limits) != (self._job, self._limits):
            return False
        try:
            return stamp_of(Path(path)) == self._stamp
        except UsageError:  # it has gone
            return False

    def _run(self, job: Job, limits: ReadingLimits) -> None:
        try:
            with run_reader(job, limits) as self._report:
                self._told.set()
                self._used.wait()
        except ProviderAssetsError as refusal:
            self._refusal = refusal
        except OSError:  # a full disk: whoever reads the file in its turn will tell
            return
        finally:
            self._told.set()

    def wait(self) -> None:
        """Wait until the reader is done with the file."""
        self._told.wait()

    def report(self) -> Report | None:
        """What the reader told; None where it came to nothing. Raises its RosterError."""
        if self._refusal is not None:
            raise self._refusal
        return self._report

    def close(self) -> None:
        """Remove what was read, at once where the reader has ended."""
        self._used.set()
        if self._told.is_set():
            self._thread.join()

    def abandon(self) -> None:
        """Remove what was read, or was to be, now that the reader has been ended."""
        self._used.set()
        self._thread.join(ABANDON_SECONDS)


_begun: dict[str, _Reading] = {}  # by the content's hash


def begin_reading(sha256: str, stamp: Stamp, job: Job, limits: ReadingLimits) -> None:
    """Begin what `sandbox.reading_job` describes; the file had this stamp before it was hashed."""
    if sha256 not in _begun:
        _begun[sha256] = _Reading(stamp, job, limits)


@contextmanager
def begun_reading(sha256: str, job: Job, limits: ReadingLimits) -> Iterator[Report | None]:
    """The report and the folder, gone afterwards, where reading this content was begun; else None.

    None also where the file has changed since. Raises RosterError as `run_reader` does.
    """
    begun = _begun.pop(sha256, None)
    if begun is None:
        yield None
        return
    with closing(begun):
        begun.wait()  # the file must be the same after the reading, too
        yield begun.report() if begun.is_for(job, limits) else None


@atexit.register
def _abandon() -> None:
    """Whoever ends early leaves no child and no folder behind."""
    left = list(_begun.values())
    if left:
        NURSERY.retire()
    for reading in left:
        reading.abandon()


def forget_reading(sha256: str) -> None:
    """Nobody will ask for this content."""
    begun = _begun.pop(sha256, None)
    if begun is not None:
        begun.close()
