"""What a process that was killed left half-written is found by its name, and swept; nothing else.

Whatever is made aside, or in a temporary folder, bears its maker's mark: machine, process, and when
that began. A living maker's is spared, and so is another machine's for a day. Names without a mark
are never touched.
"""

import hashlib
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

PREFIX = "provider-assets-"
OF_ANOTHER_MACHINE = 24 * 3600.0  # seconds after which nobody can be at work on it any more
_MARK = re.compile(r"-(?P<machine>[0-9a-f]{8})\.(?P<pid>\d+)\.(?P<began>\d+)-[0-9a-f]{8}")
_ASIDE = re.compile(rf"\..*{_MARK.pattern}\.(?:part|tmp)(?:\.[a-z]+)?")
_FOLDER = re.compile(rf"{PREFIX}[a-z]+{_MARK.pattern}.*")
_LONGEST = 80  # characters of a file's own name, four bytes each at most in all but odd cases
PROC = Path("/proc")


def aside_of(name: str, ending: str = ".part") -> str:
    """A name to write a file aside under, hidden and in the same folder, until it is whole."""
    stem = os.fsdecode(os.fsencode(name)[:_LONGEST]).encode("utf-8", "ignore").decode()
    return f".{stem}{_new_mark()}{ending}"


def is_aside(name: str) -> bool:
    """Whether a name is one that `aside_of` gives."""
    return _ASIDE.fullmatch(name) is not None


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """A name aside to write under: in the place of `path` when the block ends well, else gone.

    A disk that is full, and asked again with every look, would else fill up with halves.
    """
    aside = path.with_name(aside_of(path.name))
    try:
        yield aside
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def temporary_folder(what: str) -> Iterator[Path]:
    """A folder of this process, gone afterwards; `what` it is for is one word."""
    made = tempfile.mkdtemp(prefix=f"{PREFIX}{what}{_new_mark()}")
    try:
        yield Path(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(folders: Iterable[Path]) -> int:
    """Remove what dead processes left in these folders and among the temporary ones; how many."""
    gone = 0
    with suppress(OSError):
        gone += _sweep(Path(tempfile.gettempdir()), _FOLDER)
    for folder in folders:
        with suppress(OSError):
            gone += _sweep(folder, _ASIDE)
    return gone


def _sweep(folder: Path, ours: re.Pattern[str]) -> int:
    gone = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            named = ours.fullmatch(entry.name)
            if named is None or entry.is_symlink():
                continue
            with suppress(OSError):
                if _is_left(named, entry.stat(follow_symlinks=False)):
                    _remove(entry)
                    gone += 1
    return gone


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path)
    else:
        Path(entry.path).unlink()


def _is_left(named: re.Match[str], found: os.stat_result) -> bool:
    """Whether nobody is at work on it any more; another user's is never ours."""
    if found.st_uid != os.geteuid():
        return False
    if named["machine"] != _machine():
        return time.time() - found.st_mtime > OF_ANOTHER_MACHINE
    return not _lives(int(named["pid"]), int(named["began"]))


def _new_mark() -> str:
    pid = os.getpid()
    return f"-{_machine()}.{pid}.{_began(pid) or 0}-{uuid4().hex[:8]}"


@lru_cache(maxsize=1)
def _machine() -> str:
    """This machine, or container: process numbers mean something in there only."""
    space = ""
    with suppress(OSError):
        space = str((PROC / "self/ns/pid").readlink())
    told = f"{socket.gethostname()} {space}"
    return hashlib.blake2b(told.encode(), digest_size=4).hexdigest()


def _lives(pid: int, began: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    now = _began(pid)
    return not began or now is None or now == began


def _began(pid: int) -> int | None:
    """When a process began, as Linux counts it; None where nobody tells."""
    try:
        told = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        return int(told.rpartition(")")[2].split()[19])  # its name may hold blanks and brackets
    except (OSError, ValueError, IndexError):
        return None
